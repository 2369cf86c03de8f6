using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TokenKit.DependencyInjection;

/// <summary>Says at start what is missing for a file store, rather than at the first token.</summary>
internal sealed class FileStoreOptionsValidator(IServiceProviderIsKeyedService registered) : IValidateOptions<FileStoreOptions>
{
    private static readonly TimeSpan MaxLockTimeout = TimeSpan.FromHours(1);

    public static string ProtectorMissing(string name) =>
        $"The token registration '{name}' keeps its secrets in files and has nothing to seal them with. Add a call of UseAesGcm(key) to it, with 32 random bytes in base64 as 'openssl rand -base64 32' prints them.";

    public ValidateOptionsResult Validate(string? name, FileStoreOptions options)
    {
        name ??= Options.DefaultName;

        // Another store was chosen afterwards.
        if (!registered.IsKeyedService(typeof(FileSecretStore), name))
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(options.Directory))
        {
            faults.Add($"The token registration '{name}' keeps its secrets in files: FileStoreOptions.Directory is empty.");
        }

        if (options.LockTimeout <= TimeSpan.Zero || options.LockTimeout > MaxLockTimeout)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The token registration '{name}': FileStoreOptions.LockTimeout is {options.LockTimeout}; it must be more than zero and at most {MaxLockTimeout}."));
        }

        if (!registered.IsKeyedService(typeof(ISecretProtector), name) && !registered.IsService(typeof(ISecretProtector)))
        {
            faults.Add(ProtectorMissing(name));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
