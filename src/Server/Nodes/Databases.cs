using System.Globalization;
using System.Text;
using Ringwright.Server.Modules;
using Ringwright.Server.Settings;
using Ringwright.Store;
using Ringwright.Store.Blobs;

namespace Ringwright.Server.Nodes;

internal static class Databases
{
    /// <summary>What was asked for; else what the folder was used with before; else its own file. May hold a password.</summary>
    public static string AddressOf(ServeSettings settings)
    {
        if (settings.Database is { } asked) return asked;
        string note = NoteOf(settings.Data);
        if (!File.Exists(note)) return OwnFile(settings.Data);
        // The folder's own file would be another database, and a new one.
        return File.ReadAllText(note).Trim() is { Length: > 0 } known ? known
            : throw new StartRefused($"{note} is empty, which says what database the folder is used with: give it with --database");
    }

    /// <summary>Whether a node has ever run on the folder, whatever its database.</summary>
    public static bool HasRunOn(string data) => File.Exists(Path.Combine(data, "key"));

    /// <exception cref="StartRefused">The folder is taken, cannot be written, or holds what we cannot read.</exception>
    public static Task<Database> OpenAsync(ServeSettings settings, TimeProvider clock, ILoggerFactory loggers, CancellationToken stop) =>
        OpenAsync(settings, blobs: null, clock, loggers, stop);

    /// <param name="blobs">Where the files of customers are kept; null for the data folder.</param>
    /// <exception cref="StartRefused">The folder is taken, cannot be written, or holds what we cannot read.</exception>
    public static async Task<Database> OpenAsync(ServeSettings settings, IBlobs? blobs, TimeProvider clock, ILoggerFactory loggers,
        CancellationToken stop)
    {
        string address = AddressOf(settings);
        var options = OptionsOf(settings, address) with { Blobs = blobs };
        PrivateFiles.Shut(settings.Data, address, loggers.CreateLogger("Ringwright.Server"));
        try
        {
            var database = await Database.OpenAsync(options, clock, loggers.CreateLogger("Ringwright.Store"), stop);
            if (settings.Database is not null) Remember(settings.Data, address);
            if (settings.Node is { } number) Remember(settings.Data, number);
            return database;
        }
        catch (StoreException refused)
        {
            using var other = new AdminClient(settings.Data);
            throw await other.FindNodeAsync(stop) is { } node
                ? new StartRefused(
                    $"process {node.Pid} runs a node on {settings.Data} already; stop it, or choose another folder with --data", refused)
                : new StartRefused(refused.Message, refused);
        }
    }

    /// <summary>Ends when no other process runs the node.</summary>
    /// <exception cref="StartRefused">The database is none that others reach, or cannot be opened.</exception>
    public static async Task WaitForPlaceAsync(ServeSettings settings, ILoggerFactory loggers, CancellationToken stop)
    {
        try
        {
            await NodePlace.WaitAsync(OptionsOf(settings, AddressOf(settings)), TimeProvider.System,
                loggers.CreateLogger("Ringwright.Store"), stop);
        }
        catch (StoreException refused)
        {
            throw new StartRefused(refused.Message, refused);
        }
    }

    private static DatabaseOptions OptionsOf(ServeSettings settings, string address) => new()
    {
        DataFolder = settings.Data,
        Connection = address,
        Dialects = NodeModules.Faces,
        Areas = NodeModules.Areas,
        Baseline = NodeBaseline.Read,
        Node = NumberOf(settings),
        EchoNumber = settings.EchoNumber,
        AccountsBelow = settings.AccountsBelow,
        AgentLines = settings.AgentLines,
        IsPatient = true,
        Durability = settings.IsFullyDurable ? Durability.Full : Durability.Process,
    };

    /// <summary>So that commands without a running node, and the next start, find the same database.</summary>
    private static void Remember(string data, string address)
    {
        string note = NoteOf(data);
        if (address == OwnFile(data))
        {
            File.Delete(note);
            return;
        }
        // On a full disk a file that is written anew is lost.
        if (!File.Exists(note) || File.ReadAllText(note).Trim() != address) Note(note, address + "\n");
    }

    private static void Remember(string data, int number)
    {
        string note = NumberIn(data), text = number.ToString(CultureInfo.InvariantCulture);
        if (number == 1) File.Delete(note);
        else if (!File.Exists(note) || File.ReadAllText(note) != text) Note(note, text);
    }

    private static void Note(string note, string text) => PrivateFile.Replace((note, Encoding.UTF8.GetBytes(text)));

    /// <summary>What was asked for; else what the folder was used with before; else the first.</summary>
    private static int NumberOf(ServeSettings settings)
    {
        if (settings.Node is { } asked) return asked;
        string note = NumberIn(settings.Data);
        if (!File.Exists(note)) return 1;
        return int.TryParse(File.ReadAllText(note), NumberStyles.None, CultureInfo.InvariantCulture, out int known)
            && known is >= 1 and <= 255 ? known
            : throw new StartRefused($"{note} does not hold a node's number from 1 to 255: give it with --node");
    }

    private static string NumberIn(string data) => Path.Combine(data, "node");

    private static string OwnFile(string data) => "sqlite:" + Path.Combine(data, "ringwright.db");

    private static string NoteOf(string data) => Path.Combine(data, "database");
}
