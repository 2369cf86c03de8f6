namespace TokenKit.Definitions.Compilation;

/// <summary>
/// Checks the scope and the resource that a grant asks for, as far as they are known at start. What is spelt out in <c>Request</c> is
/// sent as it is: there the server says what may stand in it.
/// </summary>
internal sealed class TargetChecks(CompilationContext context)
{
    public void Check()
    {
        if (context.Options.Grant is null)
        {
            return;
        }

        foreach (var character in (context.Options.Scope ?? []).SelectMany(scope => context.KnownParts(scope)).OfType<string>()
            .SelectMany(static text => text.AsEnumerable()).Where(static character => !MayStandInScope(character)).Distinct())
        {
            context.Fault("Scope", $"holds {NameOf(character)}, which no scope may (RFC 6749 section 3.3); several scopes are a list or stand with blanks between them. A server that wants it all the same gets it as scope in Request.Form");
        }

        foreach (var resource in context.Options.Resource ?? [])
        {
            CheckResource(context.KnownParts(resource));
        }
    }

    private void CheckResource(IReadOnlyList<string?> parts)
    {
        const string OwnName = "what a server means by resource otherwise stands in Request.Form";
        if (parts.Any(static part => part?.Contains('#', StringComparison.Ordinal) is true))
        {
            context.Fault("Resource", $"has a fragment, which no resource may (RFC 8707 section 2); {OwnName}");
        }
        else if (parts is [{ Length: > 0 } first, ..] && !BeginsWithScheme(first, isWhole: parts.Count == 1))
        {
            context.Fault("Resource", $"is no absolute URI, such as https://api.example.com (RFC 8707 section 2); {OwnName}");
        }
        else if (parts.OfType<string>().Any(static part => part.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            context.Fault("Resource", "holds characters that no URI may (RFC 3986 section 2); percent-encode them");
        }
    }

    // RFC 3986 section 3.1. What follows may still be unknown.
    private static bool BeginsWithScheme(string text, bool isWhole)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? text : text[..colon];
        return char.IsAsciiLetter(text[0])
            && scheme.All(static character => char.IsAsciiLetterOrDigit(character) || character is '+' or '-' or '.')
            && (isWhole ? colon > 0 && colon + 1 < text.Length : colon != 0);
    }

    private static bool MayStandInScope(char character) => character is >= ' ' and <= '~' and not ('"' or '\\');

    private static string NameOf(char character) =>
        character is > ' ' and <= '~' ? $"the character {character}" : $"the character U+{(int)character:X4}";
}
