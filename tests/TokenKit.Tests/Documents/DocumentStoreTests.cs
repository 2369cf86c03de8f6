using System.Globalization;
using System.Text.Json;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The store to copy of docs/stores.md, over a service that knows tags and nothing else.</summary>
public sealed class DocumentStoreTests : SecretStoreContract
{
    public static TheoryData<string> Names => [.. new DocumentStoreTests().Checks.Select(static check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task The_contract_holds(string name) => Checks.Single(check => check.Name == name).RunAsync();

    protected override ValueTask<StoreUnderTest> OpenAsync()
    {
        var (documents, time) = (new Documents(), new ManualTimeProvider());
        return new(new StoreUnderTest
        {
            Store = new DocumentStore(documents, time),
            Second = new DocumentStore(documents, time),
            LoseLease = _ =>
            {
                time.Advance(TimeSpan.FromDays(1));
                return ValueTask.CompletedTask;
            },
        });
    }

    /// <summary>Keeps texts, as a service does, and gives each a new tag.</summary>
    private sealed class Documents : IDocuments
    {
        private readonly Dictionary<string, (string Text, long Tag)> _documents = new(StringComparer.Ordinal);
        private long _lastTag;

        public async Task<(StoredDocument? Document, string? Tag)> ReadAsync(string name, CancellationToken cancellationToken)
        {
            // Whoever comes in between is let in.
            await Task.Yield();
            lock (_documents)
            {
                return _documents.TryGetValue(name, out var kept)
                    ? (JsonSerializer.Deserialize<StoredDocument>(kept.Text), kept.Tag.ToString(CultureInfo.InvariantCulture))
                    : default;
            }
        }

        public async Task<bool> TryReplaceAsync(string name, StoredDocument document, string? tag, CancellationToken cancellationToken)
        {
            await Task.Yield();
            lock (_documents)
            {
                if ((_documents.TryGetValue(name, out var kept) ? kept.Tag.ToString(CultureInfo.InvariantCulture) : null) != tag)
                {
                    return false;
                }

                _documents[name] = (JsonSerializer.Serialize(document), ++_lastTag);
                return true;
            }
        }
    }
}
