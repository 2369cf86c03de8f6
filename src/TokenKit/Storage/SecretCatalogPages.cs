using System.Runtime.CompilerServices;
using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>Reads a catalog to its end.</summary>
internal static class SecretCatalogPages
{
    private const int PageSize = 1000;

    /// <summary>
    /// What is stored under a key and under those that differ from it in the subject alone, first what is due first. The next
    /// page is asked for when the one before it has been taken.
    /// </summary>
    public static async IAsyncEnumerable<SecretListing> ReadAsync(
        this ISecretCatalog catalog, SecretKey key, StoreUrgency urgency,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var query = new SecretQuery { Environment = key.Environment, Kind = key.Kind, NamePrefix = key.Name, PageSize = PageSize };
        do
        {
            var page = await catalog.ListAsync(query, StoreTurn.Of(urgency), cancellationToken).ConfigureAwait(false);
            foreach (var secret in page.Secrets)
            {
                // The catalog knows beginnings only: beside 'crm' there may be 'crm-eu'. What somebody else stored under a longer
                // subject than there are is nobody's.
                if (secret.Key.Name == key.Name && !SubjectLength.IsTooLong(secret.Key.Subject))
                {
                    yield return secret;
                }
            }

            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
    }
}
