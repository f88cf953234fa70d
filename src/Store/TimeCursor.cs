using System.Globalization;
using System.Text;

namespace Ringwright.Store;

/// <summary>Cursors of lists that are ordered by time and then by id: both as hex text, so that nobody reads a meaning into them.</summary>
internal static class TimeCursor
{
    private const int Longest = 400;

    public static string Write(DateTimeOffset at, string id) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes($"{Times.Text(at)}|{id}"));

    public static bool TryRead(string cursor, out string at, out string id)
    {
        at = id = "";
        if (cursor.Length is 0 or > Longest || cursor.Length % 2 != 0 || cursor.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            return false;
        string[] parts = Encoding.ASCII.GetString(Convert.FromHexString(cursor)).Split('|');
        if (parts.Length != 2 || !DateTimeOffset.TryParse(parts[0], CultureInfo.InvariantCulture, out _)) return false;
        (at, id) = (parts[0], parts[1]);
        return true;
    }
}
