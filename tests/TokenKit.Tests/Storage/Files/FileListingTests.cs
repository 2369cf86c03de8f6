namespace TokenKit.Tests;

/// <summary>What the files of a directory say of themselves, and what follows from it. What any store must do is in the contract.</summary>
public sealed class FileListingTests : IDisposable
{
    private static readonly SecretQuery Query = new() { Environment = "Production" };

    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Neither_keys_nor_times_stand_in_a_file_in_the_clear()
    {
        var store = _directory.Open();
        await store.SetAsync(
            new SecretKey("Production", "crm-of-acme", "shop-of-ann"),
            new SecretWrite("value"u8.ToArray(), SecretCondition.Any) { DueIn = TimeSpan.FromHours(1) });

        foreach (var encoding in new[] { System.Text.Encoding.UTF8, System.Text.Encoding.Unicode })
        {
            encoding.GetString(File.ReadAllBytes(Directory.GetFiles(_directory.Path, "*.secret").Single()))
                .Should().NotContainAny("Production", "crm-of-acme", "shop-of-ann");
        }

        (await store.ListAsync(Query)).Secrets.Should().ContainSingle().Which.Key.Subject.Should().Be("shop-of-ann");
    }

    [Fact]
    public async Task Names_that_no_encoding_brings_back_are_listed_as_they_were()
    {
        var store = _directory.Open();
        string[] names = ["a\0b", "\ud800", "\ud83d\udd11", "%_*'\"", "na\u0308ive"];
        foreach (var name in names)
        {
            await store.SetAsync(new SecretKey("Production", name), new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        }

        (await store.ListAsync(Query)).Secrets.Select(static secret => secret.Key.Name).Should().BeEquivalentTo(names);
    }

    [Fact]
    public async Task What_cannot_be_read_is_not_listed_and_hides_nothing_else()
    {
        var store = _directory.Open();
        foreach (var name in new[] { "crm", "erp", "shop" })
        {
            await store.SetAsync(new SecretKey("Production", name), new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        }

        var files = Directory.GetFiles(_directory.Path, "*.secret");
        File.WriteAllBytes(files[0], [1, 2, 3]);
        File.WriteAllText(Path.Combine(_directory.Path, "notes.secret"), "not of this store");

        (await store.ListAsync(Query)).Secrets.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_file_under_another_name_is_not_listed_twice()
    {
        var store = _directory.Open();
        await store.SetAsync(new SecretKey("Production", "crm"), new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        var file = Directory.GetFiles(_directory.Path, "*.secret").Single();
        var copy = Path.Combine(_directory.Path, new string('0', 64) + ".secret");
        File.Copy(file, copy);

        (await store.ListAsync(Query)).Secrets.Should().ContainSingle();
    }

    [Fact]
    public async Task A_continuation_of_another_store_is_refused()
    {
        var store = _directory.Open();

        var list = async () => await store.ListAsync(Query with { Continuation = "shop-7" });

        await list.Should().ThrowAsync<ArgumentException>().WithMessage("*continuation*");
    }
}
