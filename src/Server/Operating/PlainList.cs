using System.Text;

namespace Ringwright.Server.Operating;

/// <summary>
/// A list in which no cell is quoted: its rows can be counted without cutting them into cells, which takes longer than all else that is
/// done with a long list before it is sent.
/// </summary>
/// <param name="Heads">Rows before the first one that counts: of names, and of what separates them.</param>
internal sealed record PlainList(string Path, Encoding Encoding, char Separator, int Heads)
{
    private const int Block = 32 * 1024;

    /// <summary>Rows with nothing in them are none, as for <see cref="ListFile.Read"/>.</summary>
    /// <param name="mostLine">Characters; a longer line may have a cell that is too long.</param>
    /// <returns>Null where its cells must be looked at: one is quoted, or a line is long.</returns>
    public long? Count(int mostLine)
    {
        using var list = new StreamReader(Path, Encoding);
        char[] letters = new char[Block];
        var (rows, length, isRow) = (0L, 0, false);
        while (list.ReadBlock(letters) is > 0 and var read)
        {
            var rest = letters.AsSpan(0, read);
            if (rest.Contains('"')) return null;
            while (true)
            {
                int end = rest.IndexOfAny('\r', '\n');
                var line = end < 0 ? rest : rest[..end];
                length += line.Length;
                if (length > mostLine) return null;
                isRow |= line.ContainsAnyExcept(' ', Separator);
                if (end < 0) break;
                if (isRow) rows++;
                (length, isRow) = (0, false);
                rest = rest[(end + 1)..];
            }
        }
        return rows + (isRow ? 1 : 0) - Heads;
    }
}
