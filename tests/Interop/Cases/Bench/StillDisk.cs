using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// A file system of its own, in a file, which the kernel freezes when a test says so: who writes to it waits,
/// and cannot even be killed. Skips without root.
/// </summary>
internal sealed class StillDisk : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    public string Place => _folder.File("disk");

    public static async Task<StillDisk> MountAsync()
    {
        Tool.Require("fsfreeze", "mkfs.ext4", "mount", "umount");
        Tool.RequireMounts();
        var disk = new StillDisk();
        string image = disk._folder.File("image");
        await using (var file = File.Create(image)) file.SetLength(128 << 20);
        Directory.CreateDirectory(disk.Place);
        if (await RunAsync("mkfs.ext4", "-q", image) == 0 && await RunAsync("mount", "-o", "loop", image, disk.Place) == 0) return disk;
        disk._folder.Dispose();
        Assert.Skip("this machine has no loop devices");
        return disk;
    }

    /// <summary>It stands still until what is given back is disposed of.</summary>
    public async Task<IAsyncDisposable> FreezeAsync()
    {
        Assert.Equal(0, await RunAsync("fsfreeze", "-f", Place));
        return new Thaw(Place);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "-l", Place);
        _folder.Dispose();
    }

    private sealed class Thaw(string place) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await RunAsync("fsfreeze", "-u", place);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        // required above
        using var process = Process.Start(new ProcessStartInfo(Tool.Find(program)!, arguments) { RedirectStandardError = true })!;
        // Also when the test is being cancelled: nothing may stay frozen.
        await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }
}
