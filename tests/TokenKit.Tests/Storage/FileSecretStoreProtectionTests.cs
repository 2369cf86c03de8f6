using System.Runtime.Versioning;
using System.Text;
using TokenKit.Storage.Files;

namespace TokenKit.Tests;

public sealed class FileSecretStoreProtectionTests : IDisposable
{
    private const string Marker = "s3cr3t-marker";
    private static readonly SecretKey Key = new("Test", "crm", "tenant-" + Marker);
    private static readonly byte[] Value = Encoding.UTF8.GetBytes("value-" + Marker);

    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Neither_names_nor_contents_of_files_tell_a_secret_or_a_key()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        var lease = (await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1)))!;
        await lease.ReleaseAsync(new RefreshState { Status = GrantStatus.Dead, DeadGrant = Marker });

        foreach (var path in Directory.GetFiles(_directory.Path))
        {
            Path.GetFileName(path).Should().NotContain(Marker);
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path)).Should().NotContain(Marker);
        }
    }

    [Fact]
    public async Task Any_changed_bit_of_a_record_is_damage_and_never_absence()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.WrittenBefore(3, 1)));
        var record = await File.ReadAllBytesAsync(_directory.RecordOf(Key));

        var protector = new AesGcmSecretProtector(SecretKeyRing.Parse(StoreDirectory.Key));
        for (var bit = 0; bit < record.Length * 8; bit++)
        {
            var open = () => FileRecord.Open(Key, Flip(record, bit), protector);
            Assert.Throws<SecretDamagedException>(open);
        }

        // And through the file, for one bit of each byte.
        for (var bit = 0; bit < record.Length * 8; bit += 9)
        {
            await DemandDamagedAsync(store, Flip(record, bit), $"bit {bit} was changed");
        }
    }

    [Fact]
    public async Task Any_changed_bit_of_a_removed_record_is_damage_too()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        await store.RemoveAsync(Key, SecretCondition.Any);
        var record = await File.ReadAllBytesAsync(_directory.RecordOf(Key));

        for (var bit = 0; bit < record.Length * 8; bit += 7)
        {
            await DemandDamagedAsync(store, Flip(record, bit), $"bit {bit} was changed");
        }
    }

    [Fact]
    public async Task A_record_cut_anywhere_is_damage_and_so_is_an_empty_file()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        var record = await File.ReadAllBytesAsync(_directory.RecordOf(Key));

        for (var length = 0; length < record.Length; length++)
        {
            await DemandDamagedAsync(store, record[..length], $"{length} bytes were left");
        }
    }

    [Fact]
    public async Task A_record_moved_to_another_key_is_damage()
    {
        var store = _directory.Open();
        var other = Key with { Subject = "another tenant" };
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        await store.SetAsync(other, new SecretWrite(Value, SecretCondition.Any));

        File.Copy(_directory.RecordOf(other), _directory.RecordOf(Key), overwrite: true);

        await DemandDamagedAsync(store, await File.ReadAllBytesAsync(_directory.RecordOf(Key)), "it is another tenant's");
    }

    [Fact]
    public async Task An_older_value_under_the_newer_numbers_is_damage()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.WrittenBefore(1, 1)));
        var older = await File.ReadAllBytesAsync(_directory.RecordOf(Key));
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.WrittenBefore(2, 1)));
        var newer = await File.ReadAllBytesAsync(_directory.RecordOf(Key));
        const int headerSize = 53;

        await DemandDamagedAsync(store, [.. newer[..headerSize], .. older[headerSize..]], "the value is older than its numbers");
    }

    [Fact]
    public async Task A_record_that_was_moved_to_the_other_kind_of_its_name_does_not_open()
    {
        var store = _directory.Open();
        var other = Key with { Kind = SecretKind.TokenSet };
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.WrittenBefore(5, 1)));
        File.Copy(_directory.RecordOf(Key), _directory.RecordOf(other));

        var read = async () => await store.GetAsync(other);

        await read.Should().ThrowAsync<SecretDamagedException>().WithMessage("*(token set)*a new grant*");
        (await store.GetAsync(Key))!.Value.ToArray().Should().Equal(Value);
    }

    [Fact]
    public async Task A_damaged_record_is_neither_overwritten_nor_removed_nor_leased()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        var damaged = Flip(await File.ReadAllBytesAsync(_directory.RecordOf(Key)), 900);
        await File.WriteAllBytesAsync(_directory.RecordOf(Key), damaged);

        Func<Task>[] attempts =
        [
            async () => await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any)),
            async () => await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Absent)),
            async () => await store.RemoveAsync(Key, SecretCondition.Any),
            async () => await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1)),
            async () => await store.AdvanceEpochAsync(Key),
        ];
        foreach (var attempt in attempts)
        {
            await attempt.Should().ThrowAsync<SecretDamagedException>();
        }

        (await File.ReadAllBytesAsync(_directory.RecordOf(Key))).Should().Equal(damaged);
    }

    [Fact]
    public async Task The_message_of_damage_names_the_file_and_the_missing_key()
    {
        var oldKey = "2025:" + Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
        await _directory.Open(oldKey).SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));

        var read = async () => await _directory.Open().GetAsync(Key);

        var message = (await read.Should().ThrowAsync<SecretDamagedException>()).Which.Message;
        message.Should().Contain(_directory.RecordOf(Key)).And.Contain("'2025'").And.NotContain(StoreDirectory.Key);
    }

    [Fact]
    public async Task After_a_rotation_old_records_open_and_new_ones_need_only_the_new_key()
    {
        var oldKey = "2025:" + Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
        var newKey = "2026:" + Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());
        await _directory.Open(oldKey).SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));

        var rotated = _directory.Open(newKey, oldKey);
        var entry = (await rotated.GetAsync(Key))!;
        await rotated.SetAsync(Key, new SecretWrite(entry.Value, SecretCondition.IfVersion(entry.Version)));

        (await _directory.Open(newKey).GetAsync(Key))!.Value.ToArray().Should().Equal(Value);
    }

    [Fact]
    public async Task A_record_sealed_anew_needs_only_the_new_key_and_keeps_its_numbers()
    {
        var oldKey = "2025:" + Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
        var newKey = "2026:" + Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());
        var written = await _directory.Open(oldKey).SetAsync(Key, new SecretWrite(Value, SecretCondition.WrittenBefore(7, 3)));
        var rotated = _directory.Open(newKey, oldKey);

        (await rotated.ReencryptAsync(Key)).Should().BeTrue();
        (await rotated.ReencryptAsync(Key with { Subject = "nobody" })).Should().BeFalse();

        var entry = (await _directory.Open(newKey).GetAsync(Key))!;
        entry.Value.ToArray().Should().Equal(Value);
        (entry.Version, entry.WrittenEpoch, entry.WrittenSequence).Should().Be((written.Version, 7L, 3L));
    }

    [Fact]
    public async Task What_a_writer_left_unfinished_is_swept_and_harms_nothing()
    {
        await _directory.Open().SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        var record = await File.ReadAllBytesAsync(_directory.RecordOf(Key));
        var unfinished = Path.Combine(_directory.Path, StoreFiles.HashOf(Key) + ".0123456789abcdef0123456789abcdef.new");
        await File.WriteAllBytesAsync(unfinished, record[..20]);
        var foreign = Path.Combine(_directory.Path, "notes.new");
        await File.WriteAllTextAsync(foreign, "somebody else's");

        var store = _directory.Open();

        File.Exists(unfinished).Should().BeFalse();
        File.Exists(foreign).Should().BeTrue();
        (await store.GetAsync(Key))!.Value.ToArray().Should().Equal(Value);
    }

    [Fact]
    public async Task What_a_writer_is_writing_now_is_not_swept()
    {
        await _directory.Open().SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        var writeLock = Directory.GetFiles(_directory.Path, "write-*.lock").Should().ContainSingle().Subject;
        var unfinished = Path.Combine(_directory.Path, StoreFiles.HashOf(Key) + ".0123456789abcdef0123456789abcdef.new");
        await File.WriteAllBytesAsync(unfinished, [1]);

        using (KernelFileLock.TryTake(writeLock))
        {
            _directory.Open();
        }

        File.Exists(unfinished).Should().BeTrue();
    }

    [Fact]
    public async Task A_failed_write_leaves_the_old_value_and_no_unfinished_file()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        var record = await File.ReadAllBytesAsync(_directory.RecordOf(Key));
        var replaceByDirectory = () => PrivateFile.Replace(
            Directory.CreateDirectory(Path.Combine(_directory.Path, "in-the-way")).FullName,
            Path.Combine(_directory.Path, "unfinished"),
            [1]);

        replaceByDirectory.Should().Throw<Exception>();

        File.Exists(Path.Combine(_directory.Path, "unfinished")).Should().BeFalse();
        (await File.ReadAllBytesAsync(_directory.RecordOf(Key))).Should().Equal(record);
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Directory_and_files_are_open_to_their_owner_alone()
    {
        var path = Path.Combine(_directory.Path, "a", "b");
        using var store = new FileSecretStore(
            new FileStoreOptions { Directory = path }, new AesGcmSecretProtector(SecretKeyRing.Parse(StoreDirectory.Key)));
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1));

        File.GetUnixFileMode(path).Should().Be(PrivateFile.DirectoryMode700);
        var files = Directory.GetFiles(path);
        files.Should().HaveCount(3);
        files.Should().OnlyContain(file => File.GetUnixFileMode(file) == PrivateFile.FileMode600);
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void A_directory_open_to_others_is_refused()
    {
        File.SetUnixFileMode(_directory.Path, PrivateFile.DirectoryMode700 | UnixFileMode.GroupExecute);

        var open = () => _directory.Open();

        open.Should().Throw<InvalidOperationException>().WithMessage("*chmod 700*");
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_directory_that_was_opened_to_others_begins_no_refresh_and_loses_none_that_is_under_way()
    {
        var store = _directory.Open();
        var lease = (await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1)))!;
        File.SetUnixFileMode(_directory.Path, PrivateFile.DirectoryMode700 | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute);

        var fenced = await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.WrittenBefore(lease.Epoch, 1)));
        await lease.ReleaseAsync(RefreshState.Alive);
        var acquire = async () => await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1));
        var seed = async () => await store.AdvanceEpochAsync(Key);
        var write = async () => await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));

        fenced.Outcome.Should().Be(SecretWriteOutcome.Written, "it may be the only copy of a refresh token");
        foreach (var refused in new Func<Task>[] { acquire, seed, write })
        {
            await refused.Should().ThrowAsync<InvalidOperationException>().WithMessage("*chmod 700*");
        }

        File.SetUnixFileMode(_directory.Path, PrivateFile.DirectoryMode700);
        (await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1))).Should().NotBeNull();
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void A_directory_that_is_a_link_is_refused()
    {
        var link = Path.Combine(_directory.Path, "link");
        Directory.CreateSymbolicLink(link, Directory.CreateDirectory(Path.Combine(_directory.Path, "target")).FullName);

        var open = () => new FileSecretStore(
            new FileStoreOptions { Directory = link + "/" }, new AesGcmSecretProtector(SecretKeyRing.Parse(StoreDirectory.Key)));

        open.Should().Throw<InvalidOperationException>().WithMessage("*symbolic link*");
    }

    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public void A_directory_of_somebody_else_is_refused()
    {
        // Root may give a directory away; anybody else finds one that belongs to root.
        var path = "/usr";
        if (UnixCalls.EffectiveUserId == 0)
        {
            path = Directory.CreateDirectory(Path.Combine(_directory.Path, "foreign")).FullName;
            File.SetUnixFileMode(path, PrivateFile.DirectoryMode700);
            StoreDirectory.Run("chown", "12345", path);
        }

        var open = () => new FileSecretStore(
            new FileStoreOptions { Directory = path }, new AesGcmSecretProtector(SecretKeyRing.Parse(StoreDirectory.Key)));

        open.Should().Throw<InvalidOperationException>().WithMessage("*belongs to the user*");
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_record_open_to_others_is_refused()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        File.SetUnixFileMode(_directory.RecordOf(Key), PrivateFile.FileMode600 | UnixFileMode.OtherRead);

        var read = async () => await store.GetAsync(Key);

        await read.Should().ThrowAsync<SecretDamagedException>().WithMessage("*chmod 600*");
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_record_that_is_a_link_is_refused()
    {
        var store = _directory.Open();
        await store.SetAsync(Key, new SecretWrite(Value, SecretCondition.Any));
        var moved = Path.Combine(_directory.Path, "moved");
        File.Move(_directory.RecordOf(Key), moved);
        File.CreateSymbolicLink(_directory.RecordOf(Key), moved);

        var read = async () => await store.GetAsync(Key);

        await read.Should().ThrowAsync<SecretDamagedException>().WithMessage("*symbolic link*");
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_lock_that_is_a_link_is_refused()
    {
        var store = _directory.Open();
        File.CreateSymbolicLink(
            Path.Combine(_directory.Path, StoreFiles.HashOf(Key) + ".lease"), Path.Combine(_directory.Path, "nowhere"));

        var attempt = async () => await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1));

        await attempt.Should().ThrowAsync<InvalidOperationException>().WithMessage("*symbolic link*");
        File.Exists(Path.Combine(_directory.Path, "nowhere")).Should().BeFalse();
    }

    [LinuxFact]
    public async Task A_record_that_is_no_file_is_refused_and_not_waited_for()
    {
        var store = _directory.Open();
        StoreDirectory.Run("mkfifo", "-m", "600", _directory.RecordOf(Key));

        // On a thread of its own: a store that opens a pipe never returns from the call.
        var read = () => Task.Run(async () => await store.GetAsync(Key)).WaitAsync(TimeSpan.FromSeconds(30));

        await read.Should().ThrowAsync<SecretDamagedException>().WithMessage("*not a regular file*");
    }

    private static byte[] Flip(byte[] record, int bit)
    {
        var changed = record.ToArray();
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        return changed;
    }

    private async Task DemandDamagedAsync(FileSecretStore store, byte[] content, string because)
    {
        await File.WriteAllBytesAsync(_directory.RecordOf(Key), content);
        try
        {
            var entry = await store.GetAsync(Key);
            Assert.Fail($"{because}, and the store returned {(entry is null ? "nothing" : "a value")}");
        }
        catch (SecretDamagedException exception)
        {
            $"{exception.Message} {exception.InnerException?.Message}".Contains(Encoding.UTF8.GetString(Value), StringComparison.Ordinal).Should().BeFalse();
        }
    }
}
