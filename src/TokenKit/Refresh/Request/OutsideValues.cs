using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>Fetches the tokens of other registrations and the assertions that templates read, so that evaluation does no I/O.</summary>
internal sealed class OutsideValues(OutsideSources sources)
{
    /// <summary>The values with everything in them that the references name.</summary>
    public async ValueTask<StepResult<EvaluationContext>> ResolveAsync(
        ImmutableArray<ExpressionReference> references, EvaluationContext values, TokenKey key, CancellationToken cancellationToken)
    {
        var tokens = await TokensAsync(references, values, key, cancellationToken).ConfigureAwait(false);
        return tokens.Succeeded
            ? await AssertionsAsync(references, tokens.Value, key, cancellationToken).ConfigureAwait(false)
            : tokens;
    }

    /// <summary>The values with the tokens of other registrations.</summary>
    public async ValueTask<StepResult<EvaluationContext>> TokensAsync(
        ImmutableArray<ExpressionReference> references, EvaluationContext values, TokenKey key, CancellationToken cancellationToken)
    {
        foreach (var name in references.NamesOf("tokens"))
        {
            var token = await TokenAsync(name, key, cancellationToken).ConfigureAwait(false);
            if (!token.Succeeded)
            {
                return token.Failure;
            }

            values = values with { Tokens = values.Tokens.SetItem(name, token.Value) };
        }

        return values;
    }

    /// <summary>The values with assertions that were made now: a server may refuse one that it saw before (RFC 7523 section 3).</summary>
    public async ValueTask<StepResult<EvaluationContext>> AssertionsAsync(
        ImmutableArray<ExpressionReference> references, EvaluationContext values, TokenKey key, CancellationToken cancellationToken)
    {
        foreach (var name in references.NamesOf("assertion"))
        {
            var assertion = await AssertionAsync(name, key, cancellationToken).ConfigureAwait(false);
            if (!assertion.Succeeded)
            {
                return assertion.Failure;
            }

            values = values with { Assertions = values.Assertions.SetItem(name, assertion.Value) };
        }

        return values;
    }

    /// <inheritdoc cref="IOtherTokens.ReadAsync"/>
    public async ValueTask<StepResult<ExpressionValue>> TokenAsync(string name, TokenKey key, CancellationToken cancellationToken) =>
        sources.Tokens is { } tokens
            ? await tokens.ReadAsync(name, key, cancellationToken).ConfigureAwait(false)
            : new RefreshFailure(RefreshFailureReason.SecretUnavailable, $"The token '{name}', which this one needs, is not registered. Nothing was sent.");

    private async ValueTask<StepResult<string>> AssertionAsync(string name, TokenKey key, CancellationToken cancellationToken)
    {
        if (sources.Assertions(name) is not { } source)
        {
            return new RefreshFailure(
                RefreshFailureReason.SecretUnavailable,
                $"No IAssertionSource is registered under the key '{name}', which assertion.{name} reads. Nothing was sent.");
        }

        try
        {
            // Somebody else's code: it may not listen to the deadline, and may return what its signature forbids.
            string? assertion = await source.GetAssertionAsync(new AssertionContext { Name = name, Key = key }, cancellationToken)
                .AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            return string.IsNullOrEmpty(assertion)
                ? new RefreshFailure(RefreshFailureReason.SecretUnavailable, $"The IAssertionSource '{name}' gave nothing. Nothing was sent.")
                : assertion;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new RefreshFailure(
                RefreshFailureReason.TimedOut, $"The IAssertionSource '{name}' made no assertion before the deadline of the refresh. Nothing was sent.");
        }
        catch (Exception exception)
        {
            return OwnCodeFailure.From(exception, $"The IAssertionSource '{name}'", RefreshFailureReason.SecretUnavailable, "Nothing was sent.");
        }
    }
}
