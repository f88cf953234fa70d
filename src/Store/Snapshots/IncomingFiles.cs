using System.Security.Cryptography;

namespace Ringwright.Store.Snapshots;

/// <summary>The files of a snapshot that is being loaded: gathered beside their places, moved there with the rows, taken away again when those are refused.</summary>
internal sealed class IncomingFiles(string dataFolder) : IDisposable
{
    private readonly SnapshotFiles _places = new(dataFolder);
    private readonly string _folder = Path.Combine(dataFolder, "snapshot.part");
    private readonly List<(string From, string To)> _files = [];
    private readonly List<string> _placed = [];
    private FileStream? _open;
    private string _openPath = "";

    /// <summary>Takes one line.</summary>
    /// <exception cref="SnapshotException">The path is none of ours, or the content is not what its sum says.</exception>
    public void Take(SnapshotLine line)
    {
        string path = line.Text("path") ?? throw line.Wrong("path", "a path below media/ or recordings/");
        if (!SnapshotFiles.IsOurs(path)) throw line.Wrong("path", "a path below media/ or recordings/");
        if (_open is null) Begin(path);
        else if (_openPath != path) throw SnapshotException.At(line.Number, $"the file {_openPath} has no last part with its sha256");
        byte[] content = new byte[(line.Text("content") ?? "").Length];
        if (!Convert.TryFromBase64String(line.Text("content") ?? "", content, out int bytes)) throw line.Wrong("content", "base64");
        _open!.Write(content, 0, bytes);
        if (line.Text("sha256") is { } sum) End(line, sum);
    }

    /// <summary>All lines were read.</summary>
    public void Complete()
    {
        if (_open is not null) throw new SnapshotException($"the file {_openPath} has no last part with its sha256");
    }

    /// <summary>Puts the files in their places; one that is there already with the same content stays.</summary>
    public void Place()
    {
        foreach (var (from, to) in _files)
        {
            string place = _places.PathOf(to);
            if (File.Exists(place))
            {
                if (!Same(from, place)) throw new SnapshotException($"there is another file {to} already");
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(place)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // never a root
            File.Move(from, place);
            _placed.Add(place);
        }
    }

    /// <summary>The rows stand: the files stay.</summary>
    public void Keep() => _placed.Clear();

    public void Dispose()
    {
        _open?.Dispose();
        foreach (string file in _placed) File.Delete(file);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private void Begin(string path)
    {
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _openPath = path;
        _open = File.Create(Path.Combine(_folder, $"{_files.Count}"));
    }

    private void End(SnapshotLine line, string sum)
    {
        string file = _open!.Name;
        _open.Dispose();
        _open = null;
        using var written = File.OpenRead(file);
        if (Convert.ToHexStringLower(SHA256.HashData(written)) != sum) throw SnapshotException.At(line.Number, $"the content of {_openPath} is not what its sha256 says");
        _files.Add((file, _openPath));
    }

    private static bool Same(string left, string right)
    {
        using var one = File.OpenRead(left);
        using var other = File.OpenRead(right);
        return one.Length == other.Length && SHA256.HashData(one).AsSpan().SequenceEqual(SHA256.HashData(other));
    }
}
