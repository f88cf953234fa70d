using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>
/// A page that people read with a terminal beside it. The language of a fence says what the suite does with a block:
/// <c>sh</c> is typed, <c>text</c> is what was printed then, anything else is quoted from the file that a comment before it names.
/// What a reader sees by himself is said to the suite in such a comment: <c>background: TEXT</c> (runs on;
/// wait for TEXT), <c>fails: TEXT</c> (its last command does, saying TEXT), <c>from: FILE</c>, <c>not run: REASON</c>.
/// </summary>
internal sealed partial record Document(string Path, IReadOnlyList<Block> Blocks)
{
    /// <summary>The page whose blocks come first, which the page's reader is sent to; null when it begins by itself.</summary>
    public string? Begins { get; private init; }

    /// <summary>README, tutorials and how-tos, as paths below the repository's root.</summary>
    public static IEnumerable<string> All =>
        [.. new[] { "tutorials", "how-to" }.SelectMany(folder => Directory.GetFiles(Repository.PathOf("docs", folder), "*.md"))
            .Append(Repository.PathOf("README.md"))
            .Select(file => System.IO.Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    /// <summary>What this run types: in the gate README and the tutorials, else all.</summary>
    public static IEnumerable<string> OfThisRun =>
        All.Where(path => Depth.IsAll || path == "README.md" || path.StartsWith("docs/tutorials/", StringComparison.Ordinal));

    public static Document Read(string path) => Read(path, File.ReadAllLines(Repository.PathOf(path)));

    internal static Document Read(string path, string[] lines)
    {
        var blocks = new List<Block>();
        var comment = Comment.None;
        for (int at = 0; at < lines.Length; at++)
        {
            if (lines[at].StartsWith("    ", StringComparison.Ordinal) && (at == 0 || lines[at - 1].Length == 0))
                throw new FormatException($"{path}:{at + 1}: blocks are fenced, and say after the fence what they are");
            if (CommentLine().Match(lines[at]) is { Success: true } said) comment = new(said.Groups[1].Value, said.Groups[2].Value);
            else if (lines[at].StartsWith("```", StringComparison.Ordinal))
            {
                int end = Array.FindIndex(lines, at + 1, line => line == "```");
                if (end < 0 || lines[at].Length == 3)
                    throw new FormatException($"{path}:{at + 1}: this block has no end, or does not say what it is");
                blocks.Add(new(path, at + 1, lines[at][3..], comment, lines[(at + 1)..end]));
                at = end;
                comment = Comment.None;
            }
            else if (lines[at].Length > 0) comment = Comment.None;
        }
        var begins = lines.Select(line => BeginsLine().Match(line)).FirstOrDefault(found => found.Success);
        return new(path, blocks)
        {
            Begins = begins is null ? null : System.IO.Path.GetRelativePath(Repository.Root,
                System.IO.Path.GetFullPath(begins.Groups[1].Value, Repository.PathOf(System.IO.Path.GetDirectoryName(path)!)))
        };
    }

    [GeneratedRegex("^<!-- ([a-z ]+): (.+) -->$")]
    private static partial Regex CommentLine();

    [GeneratedRegex(@"^Begin with \[[^\]]+\]\(([^)]+)\)")]
    private static partial Regex BeginsLine();
}

/// <summary>A fenced block.</summary>
/// <param name="Line">Of its fence, from 1.</param>
/// <param name="Language">What stands behind the fence.</param>
internal sealed record Block(string Path, int Line, string Language, Comment Comment, string[] Lines)
{
    /// <summary>Typed, compared or quoted; else it is marked.</summary>
    public bool IsRun => Comment.Word != "not run";
    public bool IsTyped => IsRun && Language == "sh";
    public bool IsCompared => IsRun && Language == "text";
    public bool IsQuoted => IsRun && !IsTyped && !IsCompared;
    public string Text => string.Join('\n', Lines);
    public override string ToString() => $"{Path}:{Line}";
}

/// <summary>What the comment before a block says.</summary>
internal sealed record Comment(string Word, string Text)
{
    public static readonly Comment None = new("", "");
}
