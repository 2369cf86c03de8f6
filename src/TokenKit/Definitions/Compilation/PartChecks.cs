using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Compilation;

/// <summary>
/// Finds what a definition reads and can never have: a value of an answer that nothing keeps, and the answer of a step that has
/// not been sent yet.
/// </summary>
internal sealed class PartChecks(CompilationContext context)
{
    private readonly TokenRefreshOptions _options = context.Options;

    /// <summary>The values that responses keep; <see langword="null"/> where somebody else may keep more.</summary>
    /// <remarks>Code that reads answers keeps what it likes, and a record that is another's holds what that one keeps.</remarks>
    public ImmutableArray<string>? Kept() =>
        _options.IsMappedByCode || _options.Secret.Locked || (_options.Secret.Name is { } record && record != context.TokenName)
            ? null
            : [.. Responses().SelectMany(static response => response.Values).Select(static value => value.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The values that responses keep as secrets.</summary>
    public ImmutableArray<string> SecretValues() =>
        [.. Responses().SelectMany(static response => response.Values).Where(static value => value.IsSecret).Select(static value => value.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>The values of other registrations' answers that are read.</summary>
    public ImmutableArray<OtherValue> OfOthers() =>
    [
        .. context.PartsRead
            .Where(static part => part.Node is { Reference: { Root: "tokens", Member: not null }, Steps: [{ Name: "values" }, { Name: not null }, ..] })
            .Select(static part => new OtherValue(part.Path, part.Node.Reference.Member!, part.Node.Steps[1].Name!, part.Node.Text))
            .Distinct(),
    ];

    public void Check()
    {
        foreach (var (path, node) in context.PartsRead)
        {
            switch (node)
            {
                case { Reference: { Root: "token", Member: "values" }, Steps: [{ Name: { } name }, ..] }:
                    CheckKept(path, name, node.Text);
                    break;
                case { Reference.Root: "step", Steps: [{ Name: null, Index: var index }, ..] }:
                    CheckAnswered(path, index);
                    break;
            }
        }
    }

    private void CheckKept(string path, string name, string text)
    {
        if (Kept() is not { } kept || kept.Contains(name, StringComparer.Ordinal))
        {
            return;
        }

        if (kept.Length == 0)
        {
            context.Fault(path, $"{text} is kept by nothing; write Response.Values, such as \"{QuotedText.NameOf(name)}\": \"body.{QuotedText.NameOf(name)}\"");
            return;
        }

        var suggestion = NearestName.Find(name, kept) is { } nearest ? $"did you mean '{nearest}'?" : $"kept are {ListedNames.Of(kept)}";
        context.Fault(path, $"{text} is kept by no Values of a response; {suggestion}");
    }

    private IEnumerable<TokenResponseOptions> Responses() =>
        new[] { _options.Request, _options.RefreshRequest }
            .SelectMany(static request => new[] { request.Response, request.Steps.LastOrDefault()?.Response })
            .Append(_options.Response)
            .OfType<TokenResponseOptions>();

    private void CheckAnswered(string path, int index)
    {
        var (answers, step) = AnswersAt(path);
        if (index < answers || (step is null && _options.IsRequestedByCode is not false))
        {
            return;
        }

        var there = answers switch
        {
            0 => "the request has no Steps",
            1 => "there is step[0]",
            _ => string.Create(CultureInfo.InvariantCulture, $"there are step[0] to step[{answers - 1}]"),
        };
        context.Fault(path, step is null
            ? string.Create(CultureInfo.InvariantCulture, $"step[{index}] is no answer of an earlier step; {there}")
            : string.Create(CultureInfo.InvariantCulture, $"step[{index}] has no answer yet when step {step} is sent; {there}"));
    }

    // How many answers there are where a path is read, and the step that is sent there; none where an answer is read.
    private (int Answers, int? Step) AnswersAt(string path)
    {
        foreach (var (section, steps) in new[] { ("Request", _options.Request.Steps), ("RefreshRequest", _options.RefreshRequest.Steps) })
        {
            for (var index = 0; index < steps.Count; index++)
            {
                var prefix = string.Create(CultureInfo.InvariantCulture, $"{section}.Steps[{index}].");
                if (path.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return !path.AsSpan(prefix.Length).StartsWith("Response", StringComparison.Ordinal) ? (index, index)
                        : (index == steps.Count - 1 ? index : index + 1, null);
                }
            }

            if (path.StartsWith($"{section}.", StringComparison.Ordinal))
            {
                return (Math.Max(0, steps.Count - 1), null);
            }
        }

        // Both requests are read by it.
        return (Math.Max(0, Math.Max(_options.Request.Steps.Count, _options.RefreshRequest.Steps.Count) - 1), null);
    }
}
