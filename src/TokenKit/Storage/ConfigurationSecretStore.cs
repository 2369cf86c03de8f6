using System.Text;
using Microsoft.Extensions.Configuration;
using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>Secrets from the section <c>Secrets</c> of configuration: user secrets, environment variables, a vault's provider. Read-only.</summary>
/// <remarks>
/// Configuration is that of the environment the process runs in and knows no subjects: the environment of a key is not
/// looked at, and a key with a subject or of another kind finds nothing. A value is taken as it stands, blanks included.
/// Changes of configuration are seen at once.
/// </remarks>
internal sealed class ConfigurationSecretStore(IConfiguration configuration, TimeProvider time) : ISecretStore
{
    public const string Section = "Secrets";

    private readonly ClockReading _start = ClockReading.Now(time);

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var value = ValueOf(key);
        return ValueTask.FromResult(value is null ? null : new SecretEntry
        {
            Value = Encoding.UTF8.GetBytes(value),
            Version = 1,
            Age = ClockReading.Now(time).ElapsedSince(_start, time),
            IsLocked = true,
        });
    }

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(new SecretWriteResult { Outcome = SecretWriteOutcome.Locked, Version = ValueOf(key) is null ? 0 : 1 });
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueOf(key) is null
            ? ValueTask.FromResult(false)
            : throw new InvalidOperationException(
                $"The secret '{key.Name}' comes from configuration ('{Section}:{key.Name}') and cannot be removed by the program. Remove it there.");
    }

    private string? ValueOf(SecretKey key) => key is { Kind: SecretKind.Secret, Subject.Length: 0 } ? configuration.GetSection(Section)[key.Name] : null;
}
