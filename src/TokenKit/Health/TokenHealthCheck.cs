using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenKit.Diagnostics;
using TokenKit.Inspection;

namespace TokenKit.Health;

/// <summary>Judges what the inspector shows. It reads memory and never refreshes.</summary>
internal sealed class TokenHealthCheck(TokenInspector inspector, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = inspector.GetStatus();
        var (subjects, failing) = inspector.CountSubjects();
        var data = DataOf(status);
        if (subjects > 0)
        {
            data["subjects"] = subjects;
            data["subjects_failing"] = failing;
        }

        var (health, description) = Judge(status, context.Registration.FailureStatus);
        if (health is HealthStatus.Healthy && failing > 0)
        {
            (health, description) = (
                HealthStatus.Degraded,
                string.Create(CultureInfo.InvariantCulture, $"{failing} of {subjects} subjects of '{inspector.Name}' have no usable token. {description}"));
        }

        return Task.FromResult(new HealthCheckResult(health, description, exception: null, data));
    }

    private (HealthStatus Health, string Description) Judge(TokenStatus status, HealthStatus failureStatus)
    {
        var key = status.Key;
        return status switch
        {
            { State: TokenState.ReauthorizationRequired, IsUsable: false } => (
                failureStatus, $"The grant of '{key}' is dead: a person must consent again."),
            { State: TokenState.GrantProbablyDead, LastFailure: { } failure } => (
                failureStatus, $"There is no usable token '{key}', and its grant is probably dead. {failure.Message}"),
            { State: TokenState.Unused } => (HealthStatus.Healthy, $"No caller has asked for the token '{key}' yet."),
            { IsUsable: false } => (failureStatus, $"There is no usable token '{key}'{ReasonOf(status)}."),
            { IsUnsaved: true } => (HealthStatus.Degraded, $"The token '{key}' is usable and could not be stored. Look at the store now."),
            { LastFailure: not null } => (HealthStatus.Degraded, $"The token '{key}' is usable and its last refresh failed{ReasonOf(status)}."),
            _ when IsOverdue(status) => (HealthStatus.Degraded, $"The token '{key}' is usable, and its renewal is overdue."),
            _ => (HealthStatus.Healthy, $"The token '{key}' is usable."),
        };
    }

    // Half of the time between the two instants is over, and nothing has come of it.
    private bool IsOverdue(TokenStatus status) =>
        status is { State: TokenState.Due, RefreshAt: { } due, ExpiresAt: { } end } && time.GetUtcNow() > due + ((end - due) / 2);

    private static string ReasonOf(TokenStatus status) => status.LastFailure is { } failure ? $" ({failure.Reason})" : "";

    private static Dictionary<string, object> DataOf(TokenStatus status)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["state"] = status.State.ToString(),
            ["generation"] = status.Generation,
            ["failures_in_a_row"] = status.FailuresInARow,
        };
        Add("obtained_at", status.ObtainedAt);
        Add("refresh_at", status.RefreshAt);
        Add("expires_at", status.ExpiresAt);
        Add("refresh_token_expires_at", status.RefreshTokenExpiresAt);
        Add("last_success_at", status.LastSuccessAt);
        Add("last_attempt_at", status.LastAttemptAt);
        Add("next_attempt_at", status.NextAttemptAt);
        if (status.LastFailure is { } failure)
        {
            data["reason"] = Tag.Text(failure.Reason);
        }

        return data;

        void Add(string name, DateTimeOffset? at)
        {
            if (at is { } instant)
            {
                data[name] = instant;
            }
        }
    }
}
