using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>Who else has an account on the machine reads nothing of a node's: database, keys, prompts, recordings, sockets.</summary>
public sealed class PrivateFilesTests(RunningNode node) : CallCase(node)
{
    [Fact]
    public async Task What_the_processes_of_a_node_write_is_its_owners_alone()
    {
        var customer = await CustomerAsync();
        var (call, caller) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "record_start", new JsonObject { ["format"] = "wav", ["channels"] = "dual" })).IsOk();
        caller.Audio.Say(440, 500);
        await caller.Audio.SaidAsync();
        var recorded = Entries().Where(e => e.FullName.Contains("recordings", StringComparison.Ordinal)).ToList();
        (await customer.TryActAsync(call, "record_stop")).IsOk();
        await customer.NextAsync("call.recording.saved");

        var entries = Entries().Concat(recorded).ToList();
        foreach (string name in new[]
        {
            "ringwright.db", "ringwright.db-wal", "ringwright.db-shm", "key", "ca.key", "admin.sock", "media.pid", "lock", "recordings"
        }) Assert.Contains(entries, e => e.Name == name);
        Assert.Contains(entries, e => e.Extension == ".wav" || e.FullName.Contains("parts", StringComparison.Ordinal));
        const UnixFileMode owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.All(entries.Where(e => { e.Refresh(); return e.Exists; }),
            e => Assert.True((e.UnixFileMode & ~owners) == 0, $"{e.FullName} {e.UnixFileMode}"));
    }

    /// <summary>But for what the tests themselves have put there.</summary>
    private IEnumerable<FileSystemInfo> Entries()
    {
        var folder = new DirectoryInfo(Node.PathOf());
        return folder.GetFileSystemInfos("*", SearchOption.AllDirectories).Where(e => e.Extension is not ".csv").Append(folder);
    }
}
