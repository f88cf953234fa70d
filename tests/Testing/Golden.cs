using System.Text;
using Xunit;

namespace Ringwright.Testing;

/// <summary>
/// Compares text with a file under <c>tests/golden</c>. With <c>RINGWRIGHT_GOLDEN=write</c> (<c>./ringwright golden</c>) the file is
/// written instead, and its diff is the review.
/// </summary>
public static class Golden
{
    private const int ContextLines = 3;

    public static bool IsWriting => Environment.GetEnvironmentVariable("RINGWRIGHT_GOLDEN") == "write";

    /// <summary>Of allocations, whose tests then have nothing beside them.</summary>
    public static bool IsMeasuring => Environment.GetEnvironmentVariable("RINGWRIGHT_GOLDEN") == "allocations";

    /// <param name="path">Below <c>tests/golden</c>, with its extension: <c>sip/invite-basic.sip</c>.</param>
    public static void Matches(string path, string actual)
    {
        string file = FileOf(path);
        if (IsWriting)
        {
            Write(file, Encoding.UTF8.GetBytes(actual));
            return;
        }
        Assert.True(File.Exists(file), $"tests/golden/{path} does not exist; ./ringwright golden writes it. It would hold:\n{actual}");
        string expected = File.ReadAllText(file);
        if (!string.Equals(expected, actual, StringComparison.Ordinal)) Assert.Fail(Difference(path, expected, actual));
    }

    /// <summary>For messages whose line ends and bytes matter.</summary>
    public static void Matches(string path, ReadOnlySpan<byte> actual)
    {
        string file = FileOf(path);
        if (IsWriting)
        {
            Write(file, actual);
            return;
        }
        Assert.True(File.Exists(file), $"tests/golden/{path} does not exist; ./ringwright golden writes it");
        byte[] expected = File.ReadAllBytes(file);
        if (!actual.SequenceEqual(expected))
            Assert.Fail(Difference(path, Encoding.Latin1.GetString(expected), Encoding.Latin1.GetString(actual)));
    }

    public static string Read(string path) => File.ReadAllText(FileOf(path));

    public static byte[] ReadBytes(string path) => File.ReadAllBytes(FileOf(path));

    private static string FileOf(string path) => Repository.PathOf("tests", "golden", path);

    private static void Write(string file, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // a file below a folder always has one
        File.WriteAllBytes(file, content);
    }

    /// <summary>The first difference with the lines around it, control characters made visible.</summary>
    internal static string Difference(string path, string expected, string actual)
    {
        string[] was = expected.Split('\n'), now = actual.Split('\n');
        int line = 0;
        while (line < was.Length && line < now.Length && was[line] == now[line]) line++;

        var text =
            new StringBuilder($"tests/golden/{path} differs from line {line + 1} on ({was.Length} lines expected, {now.Length} given):\n");
        for (int i = Math.Max(0, line - ContextLines); i < line; i++) text.Append("    ").Append(Visible(was[i])).Append('\n');
        for (int i = line; i < Math.Min(was.Length, line + ContextLines); i++) text.Append("  - ").Append(Visible(was[i])).Append('\n');
        for (int i = line; i < Math.Min(now.Length, line + ContextLines); i++) text.Append("  + ").Append(Visible(now[i])).Append('\n');
        return text.Append("./ringwright golden rewrites it.").ToString();
    }

    private static string Visible(string line) =>
        line.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
}
