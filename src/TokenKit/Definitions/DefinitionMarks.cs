using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TokenKit.Language.Expressions;
using TokenKit.Values;

namespace TokenKit.Definitions;

/// <summary>Gives the parts of a mark, in their order.</summary>
internal delegate IEnumerable<MarkPart> MarkParts(MarkScope scope);

/// <summary>What a compiled definition knows of its marks. Immutable, and safe for use by several threads.</summary>
internal sealed class DefinitionMarks
{
    private readonly MarkParts _grant;
    private readonly MarkParts _token;
    private readonly MarkParts _target;
    private readonly TokenMarks? _fixed;
    private readonly string _registration;

    private DefinitionMarks(TokenMarks absent)
    {
        (_grant, _token, _target) = (None, None, None);
        (_registration, _fixed, Identity) = (absent.Registration, absent, "");
    }

    /// <param name="registration">The name of the registration.</param>
    /// <param name="parameters">The definition's own parameters.</param>
    /// <param name="resolved">The names of those that code resolves for each key.</param>
    /// <param name="grant">What the grant mark is made of.</param>
    /// <param name="token">What the token mark is made of.</param>
    /// <param name="target">What the target mark is made of.</param>
    public DefinitionMarks(
        string registration,
        ImmutableDictionary<string, string> parameters,
        ImmutableHashSet<string> resolved,
        MarkParts grant,
        MarkParts token,
        MarkParts target)
    {
        (_registration, _grant, _token, _target) = (registration, grant, token, target);
        var withoutKey = MarkScope.WithoutKey(parameters, resolved);
        GrantParts = [.. grant(withoutKey)];
        TokenParts = [.. token(withoutKey)];
        ImmutableArray<MarkPart> targetParts = [.. target(withoutKey)];
        GrantReadsKey = ReadsKey(GrantParts);
        TokenReadsKey = ReadsKey(TokenParts);
        TargetReadsKey = ReadsKey(targetParts);
        ReadsResolved = GrantParts.Concat(TokenParts).Concat(targetParts)
            .Any(static part => part.ReadsOfKey.Any(static reference => reference.Root == "param"));
        Identity = IdentityOf(parameters, GrantParts, TokenParts, targetParts);
        _fixed = GrantReadsKey || TokenReadsKey || TargetReadsKey ? null : Make(GrantParts, TokenParts, targetParts);
    }

    /// <summary>Whether the marks are the same for all keys; then it is one instance that everybody shares.</summary>
    public bool IsFixed => _fixed is not null;

    /// <summary>Whether the grant mark reads the subject or a parameter that code resolves, so that nobody knows it at start.</summary>
    public bool GrantReadsKey { get; }

    /// <summary>As <see cref="GrantReadsKey"/>, for the token mark.</summary>
    public bool TokenReadsKey { get; }

    /// <summary>As <see cref="GrantReadsKey"/>, for the target mark.</summary>
    public bool TargetReadsKey { get; }

    /// <summary>Whether any of the marks reads a parameter that code resolves.</summary>
    public bool ReadsResolved { get; }

    /// <summary>
    /// A canonical text of everything that the marks are made of, before the subject and the parameters that code resolves are put
    /// in: where it is the same after a reload, so are all the marks.
    /// </summary>
    public string Identity { get; }

    /// <summary>What the grant mark is made of, in its order, as far as it is known without a key.</summary>
    public ImmutableArray<MarkPart> GrantParts { get; } = [];

    /// <summary>What the token mark is made of, in its order, as far as it is known without a key.</summary>
    public ImmutableArray<MarkPart> TokenParts { get; } = [];

    /// <summary>Marks that match any, for a definition that no options were compiled into.</summary>
    public static DefinitionMarks Absent(string registration) =>
        new(new TokenMarks { Grant = default, Token = default, Target = default, Registration = registration });

    /// <summary>The marks for one key.</summary>
    /// <param name="parameters">All its parameters, those that code resolves among them.</param>
    /// <param name="subject">Its subject, or an empty text.</param>
    public TokenMarks For(ImmutableDictionary<string, string> parameters, string subject) =>
        _fixed ?? Make(MarkScope.Of(parameters, subject));

    private TokenMarks Make(MarkScope scope) => Make(_grant(scope), _token(scope), _target(scope));

    private TokenMarks Make(IEnumerable<MarkPart> grant, IEnumerable<MarkPart> token, IEnumerable<MarkPart> target) => new()
    {
        Grant = DefinitionMark.Of(Canonical("grant", grant)),
        Token = DefinitionMark.Of(Canonical("token", token)),
        Target = DefinitionMark.Of(Canonical("target", target)),
        Registration = _registration,
        Identity = Identity,
    };

    private static IEnumerable<MarkPart> None(MarkScope scope) => [];

    private static bool ReadsKey(ImmutableArray<MarkPart> parts) => parts.Any(static part => !part.ReadsOfKey.IsEmpty);

    // What stays as it is written may read the definition's own parameters beside what is not known yet.
    private static string IdentityOf(ImmutableDictionary<string, string> parameters, params ReadOnlySpan<ImmutableArray<MarkPart>> marks)
    {
        var text = new StringBuilder();
        foreach (var parts in marks)
        {
            text.Append(Canonical("", parts));
            foreach (var name in parts.SelectMany(static part => part.Unread).Where(static reference => reference.Root == "param")
                .Select(static reference => reference.Member!).Distinct().Order(StringComparer.Ordinal))
            {
                Append(text, name);
                Append(text, parameters.GetValueOrDefault(name, ""));
            }

            text.Append(';');
        }

        return text.ToString();
    }

    private static string Canonical(string kind, IEnumerable<MarkPart> parts)
    {
        var text = new StringBuilder(kind).Append('\n');
        foreach (var part in parts)
        {
            Append(text, part.Name);
            Append(text, part.Text);
        }

        return text.ToString();
    }

    // With its length before it, no text can pass for two.
    private static void Append(StringBuilder text, string part) =>
        text.Append(part.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(part);
}
