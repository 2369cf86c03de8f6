using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace TokenKit.Definitions.Compilation;

/// <summary>A request before it is compiled: what a grant or a person wrote, in the words of the language.</summary>
internal sealed class RequestDraft
{
    public const string StandardMethod = "POST";

    /// <summary><c>Request</c>, <c>RefreshRequest</c> or <c>Seed</c>.</summary>
    public required string Section { get; init; }

    public required TextList? Url { get; set; }

    /// <summary>The property that the URL came from, for messages.</summary>
    public required string UrlPath { get; set; }

    /// <summary>Whether a grant of the standard writes it, and not the definition.</summary>
    public bool IsOfGrant { get; init; }

    public string Method { get; set; } = StandardMethod;

    public List<DraftField> Headers { get; } = [];

    public List<DraftField> Query { get; } = [];

    /// <summary>Fields that go where <see cref="Body"/> says.</summary>
    public List<DraftField> Fields { get; } = [];

    /// <summary>Fields that the overlay takes away, those of the client's credentials included, which are added last.</summary>
    public HashSet<string> Removed { get; } = new(StringComparer.Ordinal);

    public BodyKind Body { get; set; }

    /// <summary>A JSON tree, or one text.</summary>
    public JsonNode? Json { get; set; }

    public TextList? Text { get; set; }

    public string? ContentType { get; set; }

    public required ClientAuthenticationMethod Authentication { get; set; }

    /// <summary>The property that the authentication came from, for messages.</summary>
    public string AuthenticationPath { get; set; } = "Authentication";

    public BasicEncoding BasicEncoding { get; set; }

    public required TokenResponseOptions Response { get; set; }

    public string ResponsePath { get; set; } = "Response";

    /// <summary>How the answers of the steps before are read.</summary>
    public ImmutableArray<TokenResponseOptions> EarlierResponses { get; set; } = [];

    /// <summary>How the last answer is read, where this is one step of several.</summary>
    public TokenResponseOptions? FinalResponse { get; set; }

    public bool AllowSecretInUrl { get; set; }

    /// <summary>The issuer whose metadata names the endpoint where <see cref="Url"/> is missing.</summary>
    public TextList? Authority { get; set; }

    public TextList? AllowedOrigins { get; set; }

    /// <summary>The property that the origins came from, for messages.</summary>
    public string AllowedOriginsPath { get => field ?? $"{Section}.AllowedOrigins"; set; }

    public string? Sign { get; set; }

    /// <summary>What the templates may read.</summary>
    public RootSet Roots { get; set; } = RootSet.Request;
}

/// <summary>Where the fields of a request go.</summary>
internal enum BodyKind
{
    None,
    Form,
    Json,
    Query,
    Text,
}

/// <summary>A field before it is compiled.</summary>
/// <param name="Path">The property it came from, for messages.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">A template or alternatives.</param>
/// <param name="OmitEmpty">Whether an empty text is left out, as RFC 6749 section 3.2 asks.</param>
internal sealed record DraftField(string Path, string Name, TextList Value, bool OmitEmpty = false);
