using System.Text.Json.Nodes;
using Ringwright.Store.Areas;

namespace Ringwright.Store.Snapshots;

/// <summary>
/// Reads a whole snapshot before anything of it is loaded: its head, its lines' kinds, its files, and whether it is there to the end.
/// </summary>
internal static class SnapshotCheck
{
    /// <exception cref="SnapshotException">With the number of the line.</exception>
    public static void Run(string path, StoreAreas areas, IReadOnlyList<SnapshotKind> kinds, IncomingFiles files)
    {
        HashSet<string> known = [.. areas.Tables.Where(t => t.IsInSnapshot).Select(t => t.Kind), .. kinds.Select(k => k.Name)];
        long lines = 0;
        bool mustEnd = false, hasEnded = false;
        foreach (var line in SnapshotLine.Read(path))
        {
            if (hasEnded) throw SnapshotException.At(line.Number, "there is something behind the end");
            if (lines == 0) mustEnd = CheckHead(line);
            else if (line.Kind == SnapshotLine.File) files.Take(line);
            else if (line.Kind == SnapshotLine.End)
            {
                hasEnded = true;
                if (Whole(line.Value["lines"]) != lines)
                    throw SnapshotException.At(line.Number,
                        $"{lines} lines are above this one, and there were {Shown(line.Value["lines"])}");
            }
            else if (!known.Contains(line.Kind)) throw SnapshotException.At(line.Number, $"'{line.Kind}' is no kind of line");
            else Note(line, files.Owners);
            lines++;
        }

        if (lines == 0) throw new SnapshotException("the file is empty");
        if (mustEnd && !hasEnded) throw new SnapshotException("the file has no end: it was cut off");
        files.Complete();
    }

    private static bool CheckHead(SnapshotLine line)
    {
        if (line.Kind != SnapshotLine.Head || line.Value["snapshot"] is not { } format)
            throw SnapshotException.At(line.Number,
                $"the first line must be {{\"{SnapshotLine.Head}\": {{\"snapshot\": {SnapshotLine.Format}}}}}");
        if (Whole(format) != SnapshotLine.Format)
            throw SnapshotException.At(line.Number, $"the snapshot has format {Shown(format)}; this program reads {SnapshotLine.Format}");
        return line.Value["ends"] switch
        {
            null => false,
            JsonValue ends when ends.TryGetValue(out bool must) => must,
            _ => throw line.Wrong("ends", "true or false"),
        };
    }

    private static void Note(SnapshotLine line, FileOwners owners)
    {
        try
        {
            owners.Note(line);
        }
        catch (InvalidOperationException unreadable)
        {
            throw SnapshotException.At(line.Number, $"this {line.Kind} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private static long? Whole(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long whole) ? whole : null;

    /// <summary>For a sentence.</summary>
    private static string Shown(JsonNode? node)
    {
        try
        {
            return node?.ToString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return "something that is no text";
        }
    }
}
