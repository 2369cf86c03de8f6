using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace TokenKit;

/// <summary>Seals secrets with the application's Data Protection keys. One for all registrations, so that they can share a store.</summary>
/// <remarks>
/// The purposes are product, place and version. The place names store, kind, environment, name, subject and epoch, so a
/// payload opens nowhere but where it was written.
/// </remarks>
internal sealed class DataProtectionSecretProtector(IDataProtectionProvider provider) : ISecretProtector
{
    public byte[] Protect(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> place)
    {
        var copy = plaintext.ToArray();
        try
        {
            return For(place).Protect(copy);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    public byte[] Unprotect(ReadOnlySpan<byte> record, ReadOnlySpan<byte> place)
    {
        try
        {
            return For(place).Unprotect(record.ToArray());
        }
        catch (CryptographicException exception)
        {
            throw new SecretDamagedException(
                "It does not open with the Data Protection keys at hand: it was changed or moved here from another place, its key was lost or revoked, or the application has another name. All machines must share one key ring and application name.",
                exception);
        }
    }

    // A purpose is text and a place is bytes; a digest tells places apart as well and stays short.
    private IDataProtector For(ReadOnlySpan<byte> place) =>
        provider.CreateProtector("TokenKit.Secret", Convert.ToHexStringLower(SHA256.HashData(place)), "v1");
}
