using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;
using Ringwright.Store;
using Ringwright.Store.Keeping;

namespace Ringwright.Server.Doctor;

/// <summary>Can the data folder be written, and is there room in it?</summary>
internal static class DataChecks
{
    private const long LittleRoom = 1L << 30, NoRoom = 1L << 26;
    private const int ProbeBytes = 1 << 16, FewDays = 14;
    private const double LongWait = 60;

    /// <param name="node">What runs on the folder; null when nothing does.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(ServeSettings settings, NodeStatus? node, CancellationToken stop)
    {
        var folder = NearestFolder(settings.Data);
        // A disk that stands still would keep this process as well.
        if (node?.DatabaseTrouble is { } trouble && !Database.IsServer(Databases.AddressOf(settings)))
            return [Away(trouble), Room(folder, Growth.BytesADay(settings.Data, DateTimeOffset.UtcNow))];
        var place = Database.IsServer(Databases.AddressOf(settings)) ? null : Place(new DriveInfo(folder).DriveType, folder);
        string? refusal = TryWrite(folder);
        bool canWrite = refusal is null;
        return
        [
            canWrite
                ? Finding.Good("data folder",
                    Directory.Exists(settings.Data) ? $"{settings.Data} can be written" : $"{settings.Data} will be made")
                : Finding.Bad("data folder", $"{folder} cannot be written: {refusal}",
                    "give this user the folder, make room on its disk, or choose another one with --data"),
            .. place is null ? (Finding[])[] : [place],
            Room(folder, Growth.BytesADay(settings.Data, DateTimeOffset.UtcNow)),
            .. node is null && canWrite ? await DatabaseAsync(settings, stop) : [node?.DatabaseTrouble is { } words ? Away(words)
                : Finding.Good("database", node is not null ? "the node has it open" : "not looked at")],
        ];
    }

    /// <summary>
    /// SQLite's log needs memory that all who use the file share, and locks that hold (https://www.sqlite.org/wal.html): a disk behind a
    /// network has neither, and loses what was committed.
    /// </summary>
    /// <returns>Null for a disk of this machine.</returns>
    internal static Finding? Place(DriveType type, string folder) => type is not DriveType.Network ? null
        : Finding.Warning("data folder", $"{folder} is on a disk behind a network, where a SQLite database breaks",
            "move it to a disk of this machine, or keep the database on a PostgreSQL server (docs/how-to/use-postgresql.md)");

    private static Finding Away(string trouble) => Finding.Bad("database", $"the node cannot write it: {trouble.TrimEnd('.')}",
        "mend its disk or its server, or end the program that locks it: the node goes on by itself (docs/reference/failures.md)");

    /// <summary>Within a minute each webhook is tried, whatever its server does: others of its call may be before it.</summary>
    public static Finding? Webhooks(NodeStatus node) => node.OldestWebhookSeconds is not { } waited ? null
        : waited < LongWait ? Finding.Good("webhooks", string.Create(CultureInfo.InvariantCulture,
            $"the oldest without an attempt has waited {waited:F0} s"))
        : Finding.Warning("webhooks", string.Create(CultureInfo.InvariantCulture, $"one has waited {waited:F0} s for its first attempt"),
            "see whether the customer's server answers slowly (docs/reference/metrics.md, ringwright_delivery_*)");

    private static string NearestFolder(string path)
    {
        string? folder = path;
        while (folder is not null && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder);
        return folder ?? "/";
    }

    /// <returns>Why not; null when it can be written.</returns>
    private static string? TryWrite(string folder)
    {
        string probe = Path.Combine(folder, $".ringwright-{Environment.ProcessId}");
        try
        {
            // Not empty: a full disk takes empty files.
            File.WriteAllBytes(probe, new byte[ProbeBytes]);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
        finally
        {
            if (File.Exists(probe)) File.Delete(probe);
        }
    }

    private static Finding Room(string folder, double? bytesADay) => Room(new DriveInfo(folder).AvailableFreeSpace, bytesADay);

    /// <param name="bytesADay">By which the node grows; null when nobody knows.</param>
    internal static Finding Room(long free, double? bytesADay)
    {
        double days = bytesADay > 0 ? free / bytesADay.Value : double.PositiveInfinity;
        string text = string.Create(CultureInfo.InvariantCulture, $"{free / 1e9:F1} GB free") + bytesADay switch
        {
            null => "; how long that lasts is known when a node has run for an hour",
            <= 0 => "; the node does not grow at today's rate",
            var grown => string.Create(CultureInfo.InvariantCulture,
                $"; full in {(days < 36_500 ? $"{days:F1} days" : "more than a hundred years")} "
                + $"at today's rate ({grown / 1e6:F1} MB a day)"),
        };
        if (free < NoRoom) return Finding.Bad("disk", text, "make room: no call is taken when the ledger cannot be written");
        if (free < LittleRoom) return Finding.Warning("disk", text, "make room: prompts and the ledger grow");
        return days < FewDays ? Finding.Warning("disk",
            text, "make room, or keep less: ringwright serve --keep-recordings DAYS and its like (docs/reference/data-folder.md)")
            : Finding.Good("disk", text);
    }

    private static async Task<IReadOnlyList<Finding>> DatabaseAsync(ServeSettings settings, CancellationToken stop)
    {
        string address = Databases.AddressOf(settings);
        if (Database.IsServer(address)) return [await ServerAsync(address, stop)];
        string path = address["sqlite:".Length..];
        if (!File.Exists(path)) return [Finding.Good("database", $"{path} will be made with {Database.DescribeLibrary()}")];
        // To open it is to make the folder, and a key in it.
        if (!Databases.HasRunOn(settings.Data))
            return [Finding.Good("database", $"{path} is there, and no node has run on {settings.Data}: not opened")];
        try
        {
            await using var database = await Databases.OpenAsync(settings, TimeProvider.System, NullLoggerFactory.Instance, stop);
            int accounts = (await database.Tenants.ListAsync(stop)).Count;
            var good = Finding.Good("database",
                $"{path} opens with {Database.DescribeLibrary()}: {accounts} accounts, {database.Routing.Current.Trunks.Count} trunks");
            return AddressDisputes.Count(database.Routing.Current) is (var contested, var taken) && contested + taken > 0
                ? [good, Finding.Warning("addresses",
                    $"{contested} are listed by several accounts and are the first one's; {taken} are a trunk's",
                    "see ringwright address list; share what several accounts may use with ringwright address share")]
                : [good];
        }
        catch (StartRefused refused)
        {
            return [Finding.Bad("database", refused.Message, "stop the process that holds it, or restore the file from a backup")];
        }
    }

    /// <summary>Only looks: the schema is the node's to change.</summary>
    private static async Task<Finding> ServerAsync(string address, CancellationToken stop)
    {
        try
        {
            return Finding.Good("database", await Database.ProbeAsync(address, stop));
        }
        catch (StoreException refused)
        {
            return Finding.Bad("database", refused.Message, "start the server, or correct --database (docs/how-to/use-postgresql.md)");
        }
    }
}
