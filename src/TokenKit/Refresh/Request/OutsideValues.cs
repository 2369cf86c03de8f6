using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>Fetches the tokens of other registrations and the assertions that templates read, so that evaluation does no I/O.</summary>
internal sealed class OutsideValues(OutsideSources sources)
{
    /// <summary>The values with the tokens of other registrations that a request reads, or one of its steps.</summary>
    public async ValueTask<StepResult<EvaluationContext>> TokensAsync(
        ExchangeDefinition exchange, EvaluationContext values, TokenKey key, CancellationToken cancellationToken)
    {
        foreach (var name in exchange.References.NamesOf("tokens"))
        {
            var token = await TokenAsync(name, key, cancellationToken).ConfigureAwait(false);
            if (!token.Succeeded)
            {
                var reference = new ExpressionReference("tokens", name);
                return ReadBy(exchange.EarlierSteps.FirstOrDefault(step => step.References.Contains(reference)) ?? exchange, reference, token.Failure);
            }

            values = values with { Tokens = values.Tokens.SetItem(name, token.Value) };
        }

        return values;
    }

    /// <summary>The values with assertions that were made now for a request: a server may refuse one that it saw before (RFC 7523 section 3).</summary>
    public ValueTask<StepResult<EvaluationContext>> AssertionsAsync(
        ExchangeDefinition exchange, EvaluationContext values, TokenKey key, CancellationToken cancellationToken) =>
        AssertionsAsync(exchange.References, values, key, exchange, cancellationToken);

    /// <summary>The values with the assertions that something other than a request reads.</summary>
    public ValueTask<StepResult<EvaluationContext>> AssertionsAsync(
        ImmutableArray<ExpressionReference> references, EvaluationContext values, TokenKey key, CancellationToken cancellationToken) =>
        AssertionsAsync(references, values, key, null, cancellationToken);

    private async ValueTask<StepResult<EvaluationContext>> AssertionsAsync(
        ImmutableArray<ExpressionReference> references, EvaluationContext values, TokenKey key, ExchangeDefinition? exchange, CancellationToken cancellationToken)
    {
        foreach (var name in references.NamesOf("assertion"))
        {
            var assertion = await AssertionAsync(name, key, cancellationToken).ConfigureAwait(false);
            if (!assertion.Succeeded)
            {
                return exchange is null ? assertion.Failure : ReadBy(exchange, new("assertion", name), assertion.Failure);
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

    private static RefreshFailure ReadBy(ExchangeDefinition exchange, ExpressionReference reference, RefreshFailure failure) =>
        failure.Saying($"{failure.Message} {reference.Root}.{reference.Member} stands in {exchange.Name}.");

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
