/**
 * The longest `content` of a row of either side, in bytes of UTF-8 as JSON text: 1 MiB. A row is parsed
 * on the host's event loop and stands in the model's prompt; what is longer belongs into a file.
 */
export const longestContent = 1_048_576
