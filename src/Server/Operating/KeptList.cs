namespace Ringwright.Server.Operating;

/// <summary>
/// A list as a file that can be read more than once: all of it is looked at before anything is sent. What comes through a pipe is kept in
/// a file meanwhile, which nobody but its user can read.
/// </summary>
internal sealed class KeptList : IDisposable
{
    private readonly string _named;
    private readonly bool _isCopy;
    private bool _isGone;

    private KeptList(string named, string place, bool isCopy) => (_named, Place, _isCopy) = (named, place, isCopy);

    /// <summary>Where it can be read.</summary>
    public string Place { get; }

    /// <exception cref="StartRefused">It cannot be read.</exception>
    public static KeptList Of(string path)
    {
        try
        {
            using var list = File.OpenRead(path);
            return list.CanSeek ? new(path, path, isCopy: false) : Copy(list, path);
        }
        catch (Exception unreadable) when (ListFile.IsUnreadable(unreadable))
        {
            string why = unreadable.Message.Split('\n')[0].TrimEnd();
            throw new StartRefused($"{path} cannot be read: {why}; nothing was imported", unreadable);
        }
    }

    /// <inheritdoc cref="TargetFile.Check"/>
    public long Check(TargetReading reading)
    {
        try
        {
            return TargetFile.Check(Place, reading);
        }
        catch (StartRefused refused) when (_isCopy)
        {
            throw new StartRefused(refused.Message.Replace(Place, _named, StringComparison.Ordinal), refused);
        }
    }

    public void Dispose()
    {
        // Once: later the name may be somebody else's.
        if (!_isCopy || _isGone) return;
        _isGone = true;
        File.Delete(Place);
    }

    private static KeptList Copy(FileStream pipe, string named)
    {
        var kept = new KeptList(named, Path.GetTempFileName(), isCopy: true);
        try
        {
            using var into = File.OpenWrite(kept.Place);
            pipe.CopyTo(into);
            return kept;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }
}
