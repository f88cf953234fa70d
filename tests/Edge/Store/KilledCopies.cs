namespace Ringwright.Edge.Store;

/// <summary>
/// What a process leaves that is killed at any moment of its writes is what the files of its SQLite database hold at that moment:
/// they are copied while it writes, and each copy can be opened as the next process would open it.
/// </summary>
internal static class KilledCopies
{
    private const int Most = 400, Pauses = 20;

    /// <param name="writes">How often to <paramref name="write"/>. A slow disk copies slower than a quick one commits, so that
    /// <paramref name="write"/> waits for the next copy now and then: the copies are spread over all of the writes on any machine.</param>
    /// <returns>Folders with a copy each.</returns>
    public static async Task<IReadOnlyList<string>> TakeAsync(TestDatabase test, string into, int writes, Func<int, Task> write)
    {
        var copies = new List<string>();
        int taken = 0;
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
                Volatile.Write(ref taken, copies.Count);
            }
        }, TestDatabase.Stop);
        for (int i = 0, seen = 0; i < writes; i++)
        {
            await write(i);
            if (i % (writes / Pauses) != 0) continue;
            while (Volatile.Read(ref taken) == seen && !killer.IsCompleted) await Task.Delay(1, TestDatabase.Stop);
            seen = Volatile.Read(ref taken);
        }
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
