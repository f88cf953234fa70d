using System.Xml;
using Ringwright.Store.Tables;

namespace Ringwright.Http;

/// <summary>
/// A folder of documents in development: each is read anew when it is asked for, so what was saved last is what the next call hears.
/// Nothing outside the folder is read, whatever a path or a link in it says.
/// </summary>
public sealed class DocumentFolder(string root, TimeProvider time)
{
    private const string Extension = ".xml";
    private const int MostPathCharacters = 200, MostLinks = 20;

    /// <summary>Nobody who writes a file pauses for longer.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500), Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>For a file that somebody writes for ever.</summary>
    private const int MostReads = 30;

    /// <summary>A file that is just being written is waited for.</summary>
    /// <param name="path">As a URL has it, without its escapes.</param>
    public async ValueTask<FolderDocument> ReadAsync(string path, CancellationToken stop)
    {
        if (!IsPlain(path)) return FolderDocument.Missing;
        for (int reads = 1; ; reads++)
        {
            var (document, isWhole) = await TryReadAsync(Path.Combine(root, path), stop);
            if (isWhole || reads == MostReads) return document;
            await Task.Delay(Pause, time, stop);
        }
    }

    private async ValueTask<(FolderDocument Document, bool IsWhole)> TryReadAsync(string path, CancellationToken stop)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) file = target;
            if (!file.Exists) return (FolderDocument.Missing, true);
            if (file.Length > HostedDocument.MostBytes) return (FolderDocument.TooLarge, true);
            bool isSettled = time.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc > Settled;
            // What has no length is no document, and may be a pipe, of which reading never ends.
            if (file.Length == 0) return (FolderDocument.Missing, isSettled);
            var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var _ = stream.ConfigureAwait(false);
            if (!IsWithin(stream)) return (FolderDocument.Missing, true);
            byte[] bytes = new byte[HostedDocument.MostBytes + 1];
            int length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
            if (length > HostedDocument.MostBytes) return (FolderDocument.TooLarge, true);
            return (new(bytes.AsMemory(0, length), null), isSettled || IsWellFormed(bytes.AsSpan(0, length).ToArray()));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Also when the folder has gone meanwhile.
            return (FolderDocument.Missing, true);
        }
    }

    /// <summary>Names with a slash between them, none of which is hidden or leads up.</summary>
    private static bool IsPlain(string path) =>
        path.Length <= MostPathCharacters && path.EndsWith(Extension, StringComparison.Ordinal)
        && path.Split('/').All(name => name.Length > 0 && name[0] != '.' && name.All(IsOfName));

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ';

    /// <summary>Where the file is that was opened, and not where its path said a moment before.</summary>
    private bool IsWithin(FileStream stream) =>
        new FileInfo($"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}").LinkTarget is { } opened
        && opened.StartsWith(RealPath(root, MostLinks) + '/', StringComparison.Ordinal);

    /// <summary>Without any link in it.</summary>
    private static string RealPath(string path, int links)
    {
        string real = "/";
        foreach (string name in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, name);
            if (new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true) is not { } target) continue;
            if (links == 0) throw new IOException($"There are more than {MostLinks} links in {path}.");
            real = RealPath(target.FullName, links - 1);
        }
        return real;
    }

    private static bool IsWellFormed(byte[] bytes)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes),
                new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (reader.Read())
            {
                // To its end.
            }
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}

/// <summary>What was found of a document in a folder.</summary>
/// <param name="Problem">Why there is none; null when it is there.</param>
public sealed record FolderDocument(ReadOnlyMemory<byte> Content, string? Problem)
{
    public static readonly FolderDocument Missing = new(default, "There is no such document here.\n");
    public static readonly FolderDocument TooLarge =
        new(default, $"The document is larger than {HostedDocument.MostBytes} bytes.\n");
}
