using System.ComponentModel;
using System.Diagnostics;

namespace Ringwright.Bench.Soak.Faults;

/// <summary>
/// A file system of its own under a node's recordings, which the kernel freezes when a fault says so.
/// For root, and where there are loop devices.
/// </summary>
internal sealed class RecordingsDisk : IAsyncDisposable
{
    private const long Size = 2L << 30;

    private readonly string _image, _place;

    private RecordingsDisk(string image, string place) => (_image, _place) = (image, place);

    /// <param name="folder">The node's, which has recorded nothing yet.</param>
    /// <returns>Null where it cannot be made; then no disk stands still.</returns>
    public static async Task<RecordingsDisk?> TryMountAsync(string folder)
    {
        if (!Environment.IsPrivilegedProcess) return null;
        var disk = new RecordingsDisk(Path.Combine(Path.GetTempPath(), $"ringwright-soak-{Guid.NewGuid():N}.ext4"),
            Path.Combine(folder, "recordings"));
        Directory.CreateDirectory(disk._place);
        await using (var file = File.Create(disk._image)) file.SetLength(Size);
        if (await RunAsync("mkfs.ext4", "-q", disk._image) && await RunAsync("mount", "-o", "loop", disk._image, disk._place)) return disk;
        File.Delete(disk._image);
        return null;
    }

    public async Task StandStillAsync(TimeSpan time, CancellationToken stop)
    {
        if (!await RunAsync("fsfreeze", "-f", _place)) throw new BenchFailure("the disk of recordings could not be frozen");
        try
        {
            await Task.Delay(time, stop);
        }
        finally
        {
            await RunAsync("fsfreeze", "-u", _place);
        }
    }

    /// <summary>Before the node's folder is deleted; what the node still writes goes with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "-l", _place);
        File.Delete(_image);
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            if (process is null) return false;
            await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;       // there is no such program
        }
    }
}
