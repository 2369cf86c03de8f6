using System.Text.Json.Nodes;

namespace TokenKit;

/// <summary>Reads answers of a format that TokenKit does not know, so that expressions can select from them.</summary>
/// <remarks>
/// Registered as a keyed service by the token name; a singleton, called by several refreshes at once. Synchronous and without
/// I/O. JSON, forms, XML and plain text need none; a reader that says it can read their media types takes their place, unless
/// <see cref="TokenResponseOptions.Format"/> is written down.
/// </remarks>
public interface ITokenAnswerReader
{
    /// <summary>Whether this reader is for answers of a media type.</summary>
    /// <param name="mediaType">In lower case, without parameters; empty where the answer names none.</param>
    /// <returns>Whether <see cref="Read"/> is to be asked.</returns>
    bool CanRead(string mediaType);

    /// <summary>Reads an answer. Whatever it throws makes the answer unreadable; nothing of it is shown.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>
    /// What <c>body</c> stands for. An object with a member <c>#text</c> beside members that begin with <c>$</c> is that text,
    /// with attributes.
    /// </returns>
    JsonNode? Read(TokenAnswer answer);
}
