namespace Ringwright.Edge.Store;

/// <summary>
/// What a process leaves that is killed at any moment of its writes is what the files of its SQLite database hold at that moment:
/// they are copied while it writes, and each copy can be opened as the next process would open it.
/// </summary>
internal static class KilledCopies
{
    private const int Most = 400;

    /// <returns>Folders with a copy each.</returns>
    public static async Task<IReadOnlyList<string>> TakeAsync(TestDatabase test, string into, Func<Task> writes)
    {
        var copies = new List<string>();
        using var isOver = new CancellationTokenSource();
        var killer = Task.Run(() =>
        {
            while (!isOver.IsCancellationRequested && copies.Count < Most)
            {
                string copy = Path.Combine(into, $"{copies.Count}");
                Directory.CreateDirectory(copy);
                // The log is read last, and is the same log as before: it has all that the file may have got meanwhile.
                byte[] log = HeadOf(Path.Combine(test.Folder, "ringwright.db-wal"));
                foreach (string file in new[] { "key", "ringwright.db", "ringwright.db-wal" })
                    Copy(Path.Combine(test.Folder, file), Path.Combine(copy, file));
                if (log.AsSpan().SequenceEqual(HeadOf(Path.Combine(copy, "ringwright.db-wal")))) copies.Add(copy);
            }
        }, TestDatabase.Stop);
        await writes();
        await isOver.CancelAsync();
        await killer;
        return copies;
    }

    /// <summary>It has numbers that are drawn anew when the log begins again.</summary>
    private static byte[] HeadOf(string log)
    {
        using var source = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] head = new byte[32];
        source.ReadExactly(head);
        return head;
    }

    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = new FileStream(to, FileMode.Create);
        source.CopyTo(target);
    }
}
