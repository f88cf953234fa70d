using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// A disk under a node's recordings that stands still when a test says so: whoever writes to it waits, as long as that lasts.
/// With root it is a file system of its own that the kernel freezes; without, a library that is loaded before all others holds up what
/// a process writes into a folder of that name.
/// </summary>
internal sealed class FrozenDisk : IAsyncDisposable
{
    private const string Library = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        #include <fcntl.h>
        #include <stdarg.h>
        static void wait_for(const char *path) {
            const char *flag = getenv("FROZEN_FLAG");
            if (flag && path && strstr(path, "/recordings/")) while (access(flag, F_OK) == 0) usleep(2000);
        }
        static void wait_of(int fd) {
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t length = readlink(link, path, sizeof path - 1);
            if (length > 0) { path[length] = 0; wait_for(path); }
        }
        #define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
        ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) { wait_of(fd); return NEXT(pwrite64)(fd, from, count, at); }
        ssize_t pwrite(int fd, const void *from, size_t count, off_t at) { wait_of(fd); return NEXT(pwrite)(fd, from, count, at); }
        int fsync(int fd) { wait_of(fd); return NEXT(fsync)(fd); }
        int fdatasync(int fd) { wait_of(fd); return NEXT(fdatasync)(fd); }
        int ftruncate64(int fd, off64_t length) { wait_of(fd); return NEXT(ftruncate64)(fd, length); }
        int ftruncate(int fd, off_t length) { wait_of(fd); return NEXT(ftruncate)(fd, length); }
        int rename(const char *from, const char *to) { wait_for(from); return NEXT(rename)(from, to); }
        int unlink(const char *path) { wait_for(path); return NEXT(unlink)(path); }
        int open64(const char *path, int flags, ...) {
            va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more);
            if (flags & O_CREAT) wait_for(path);
            return NEXT(open64)(path, flags, mode);
        }
        int open(const char *path, int flags, ...) {
            va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more);
            if (flags & O_CREAT) wait_for(path);
            return NEXT(open)(path, flags, mode);
        }
        """;

    private readonly TempFolder _folder = new();
    private readonly bool _isMounted;
    private string? _mount;

    private FrozenDisk(bool isMounted) => _isMounted = isMounted;

    /// <summary>What stands before the node's own line.</summary>
    public string[] Before => _isMounted ? [] : ["env", $"LD_PRELOAD={_folder.File("frozen.so")}", $"FROZEN_FLAG={Flag}"];

    private string Flag => _folder.File("frozen");

    /// <param name="mayMount">False for the library, also where root could do better.</param>
    public static async Task<FrozenDisk> CreateAsync(bool mayMount)
    {
        var disk = new FrozenDisk(mayMount && await CanMountAsync());
        if (disk._isMounted) return disk;
        if (!Tool.Has("cc")) Assert.Fail("A disk that stands still needs root and loop devices, or a C compiler (cc).");
        await File.WriteAllTextAsync(disk._folder.File("frozen.c"), Library, TestContext.Current.CancellationToken);
        await RunAsync("cc", "-shared", "-fPIC", "-o", disk._folder.File("frozen.so"), disk._folder.File("frozen.c"), "-ldl");
        return disk;
    }

    /// <summary>The node is up, and has recorded nothing yet.</summary>
    public async Task UseAsync(RunningNode node)
    {
        if (!_isMounted) return;
        string folder = node.PathOf("recordings");
        Directory.CreateDirectory(folder);
        await RunAsync("mount", "-o", "loop", await ImageAsync(_folder), folder);
        _mount = folder;
    }

    /// <summary>It stands still until what is given back is disposed of.</summary>
    public async Task<IAsyncDisposable> FreezeAsync()
    {
        if (_mount is not null) await RunAsync("fsfreeze", "-f", _mount);
        else await File.WriteAllTextAsync(Flag, "", TestContext.Current.CancellationToken);
        return new Thaw(this);
    }

    private sealed class Thaw(FrozenDisk disk) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (disk._mount is not null) await TryAsync("fsfreeze", "-u", disk._mount);
            else File.Delete(disk.Flag);
        }
    }

    /// <summary>After the node: nothing is left of the file system.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_mount is not null) await TryAsync("umount", "-l", _mount);
        _folder.Dispose();
    }

    private static async Task<bool> CanMountAsync()
    {
        if (Environment.UserName != "root" || !Tool.Has("fsfreeze") || !Tool.Has("mkfs.ext4") || !Tool.Has("mount")) return false;
        using var tried = new TempFolder();
        string place = tried.File("place");
        Directory.CreateDirectory(place);
        if (await TryAsync("mount", "-o", "loop", await ImageAsync(tried), place) != 0) return false;
        bool isFrozen = await TryAsync("fsfreeze", "-f", place) == 0 && await TryAsync("fsfreeze", "-u", place) == 0;
        await TryAsync("umount", "-l", place);
        return isFrozen;
    }

    private static async Task<string> ImageAsync(TempFolder folder)
    {
        string image = folder.File("image");
        await using (var file = File.Create(image)) file.SetLength(64 << 20);
        await RunAsync("mkfs.ext4", "-q", image);
        return image;
    }

    private static async Task RunAsync(string program, params string[] arguments) =>
        Assert.Equal((program, 0), (program, await TryAsync(program, arguments)));

    /// <returns>The exit code.</returns>
    private static async Task<int> TryAsync(string program, params string[] arguments)
    {
        // looked for before
        using var process = Process.Start(new ProcessStartInfo(Tool.Find(program)!, arguments) { RedirectStandardError = true })!;
        // Also when the test is being cancelled: nothing may stay frozen.
        await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }
}
