using Ringwright.Server.Settings;

namespace Ringwright.Server.Doctor;

/// <summary>Can the data folder be written, and is there room in it?</summary>
internal static class DataChecks
{
    private const long LittleRoom = 1L << 30;

    public static IEnumerable<Finding> Run(ServeSettings settings, bool isNodeUp)
    {
        var folder = NearestFolder(settings.Data);
        yield return CanWrite(folder)
            ? Finding.Good("data folder", Directory.Exists(settings.Data) ? $"{settings.Data} can be written" : $"{settings.Data} will be made")
            : Finding.Bad("data folder", $"{folder} cannot be written by this user", "choose another folder with --data");
        yield return Room(folder);
        if (!isNodeUp && File.Exists(settings.DatabasePath)) yield return Database(settings);
    }

    private static string NearestFolder(string path)
    {
        string? folder = path;
        while (folder is not null && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder);
        return folder ?? "/";
    }

    private static bool CanWrite(string folder)
    {
        try
        {
            string probe = Path.Combine(folder, $".ringwright-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Finding Room(string folder)
    {
        long free = new DriveInfo(folder).AvailableFreeSpace;
        string text = $"{free / 1e9:F1} GB free";
        return free < LittleRoom ? Finding.Warning("disk", text, "make room: prompts and the ledger grow") : Finding.Good("disk", text);
    }

    private static Finding Database(ServeSettings settings) => Finding.Good("database", settings.DatabasePath);
}
