using Ringwright.Server.Roles;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>The note of which process carries the audio of a folder's node.</summary>
public sealed class MediaPidFileTests
{
    [Fact]
    public void A_disk_that_takes_nothing_keeps_no_media_process_from_its_calls()
    {
        using var folder = new TempFolder();
        MediaPidFile.Write(Path.Combine(folder.Path, "gone"), Environment.ProcessId, epoch: 7);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        MediaPidFile.Write(folder.Path, Environment.ProcessId, epoch: 7);
        string note = File.ReadAllText(MediaPidFile.PathFor(folder.Path));
        Assert.StartsWith($"{Environment.ProcessId} ", note, StringComparison.Ordinal);
        Assert.EndsWith(" 7\n", note, StringComparison.Ordinal);
    }
}
