namespace Ringwright.Store.Jobs;

/// <summary>
/// The files that jobs leave for download, one each, below the data folder. A file is written beside its place and moved there when it is whole; one
/// that a process left half-written is written again by whoever takes the job next.
/// </summary>
public sealed class ResultFolder(string root)
{
    private const string Folder = "results", Half = ".part";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public async ValueTask WriteAsync(Guid id, Func<Stream, CancellationToken, Task> write, CancellationToken stop)
    {
        string path = PathOf(id), part = path + Half;
        string folder = Path.GetDirectoryName(path)!; // a file in a folder
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly);
        try
        {
            await using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024, useAsync: true))
            {
                await write(stream, stop).ConfigureAwait(false);
                await stream.FlushAsync(stop).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }
            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>Null when there is none.</summary>
    public FileInfo? Find(Guid id) => new FileInfo(PathOf(id)) is { Exists: true } file ? file : null;

    /// <summary>Idempotent.</summary>
    public void Delete(Guid id)
    {
        if (Find(id) is { } file) file.Delete();
    }

    /// <summary>Spread over folders that stay small, by the digits that differ most.</summary>
    private string PathOf(Guid id) => Path.Combine(root, Folder, id.ToString("N")[^2..], id.ToString("D"));
}
