using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Interop.Documents;

/// <summary>A document as one session of a shell: what one block sets, the next one has. Any command that fails ends it.</summary>
internal static partial class DocumentScript
{
    /// <summary>The file of the session's end, beside those of its blocks.</summary>
    public const string End = "end";

    /// <summary>
    /// The functions of the session, which no document can see the need of. They write beside the folder,
    /// in which nothing is that a reader would not have.
    /// </summary>
    private const string Head = """
        set -E -o pipefail
        exec 3>&1
        trap 'exec >&3 2>&1; echo "$where: this failed: $BASH_COMMAND"; tail -n 70 "$out"/*; exit 1' ERR
        said() { # TEXT: until a program that runs on has printed it
          for _ in $(seq 1200); do if grep -qF -- "$1" "$out/$where"; then return 0; fi; sleep 0.1; done
          echo "not printed: $1" >"$out/missing"; return 1
        }
        shown() { # FILE: each of its lines is the pattern of one that was printed since the document began, or will be soon
          for _ in $(seq 600); do
            local missing=
            while IFS= read -r line; do if ! grep -qE -- "$line" "$out"/*:*; then missing=$line; break; fi; done <"$1"
            if [ -z "$missing" ]; then return 0; fi
            sleep 0.2
          done
          echo "not printed: $missing" >"$out/missing"; return 1
        }
        """;

    /// <param name="patterns">Where this writes what blocks of output have to be like; the shell reads it there.</param>
    public static string Write(Document document, string patterns)
    {
        var script = new StringBuilder(Head).Append('\n');
        foreach (var block in document.Blocks.Where(b => b.IsTyped || b.IsCompared))
        {
            string name = $"{Path.GetFileName(block.Path)}:{block.Line:000}";
            script.Append($"where={name}\n: >\"$out/$where\"\n");
            if (block.IsTyped) Type(script, block);
            else
            {
                string file = Path.Combine(patterns, name);
                File.WriteAllLines(file, block.Lines.Select(Pattern).Where(p => p.Length > 0));
                script.Append($"shown '{file}'\n");
            }
        }
        return script.Append($"where={End}\n: >\"$out/$where\"\n").ToString();
    }

    private static void Type(StringBuilder script, Block block)
    {
        switch (block.Comment)
        {
            case { Word: "background", Text: var text }:
                script.Append($"{{\n{block.Text}\n}} >\"$out/$where\" 2>&1 &\nsaid '{text}'\n");
                break;
            case { Word: "fails", Text: var text }:
                script.Append($"trap 'status=1' ERR\nstatus=0\n{{\n{block.Text}\n}} >\"$out/$where\" 2>&1\n{Again}[ $status = 1 ]\ngrep "
                    + $"-qF -- '{text}' \"$out/$where\"\n");
                break;
            default:
                script.Append($"{{\n{block.Text}\n}} >\"$out/$where\" 2>&1\n");
                break;
        }
    }

    private static string Again => Head.Split('\n').First(line => line.StartsWith("trap 'exec", StringComparison.Ordinal)) + "\n";

    /// <summary>
    /// What differs from run to run may differ here: figures and ids, but for telephone numbers; widths of columns;
    /// and <c>…</c> is anything, on a line of its own any lines.
    /// </summary>
    public static string Pattern(string line)
    {
        if (line.Trim() is "" or "…" or "...") return "";
        return string.Join("[[:space:]]+", line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => Number().IsMatch(word) ? Escape(word) : Loose(word)));
    }

    private static string Loose(string word) =>
        string.Join(".*", word.Split('…')
            .Select(part => Variable().Split(part) is { } fixedParts ? string.Join("[0-9a-fA-F.:-]+", fixedParts.Select(Escape)) : ""));

    private static string Escape(string text) => Special().Replace(text, @"\$0");

    [GeneratedRegex(@"^\W*\+\d{6,}\W*$")]
    private static partial Regex Number();

    // A UUID, or digits with what joins the digits of times, addresses and amounts.
    [GeneratedRegex(@"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+(?:[.:]\d+)*")]
    private static partial Regex Variable();

    [GeneratedRegex(@"[\\^$.|?*+(){}\[\]]")]
    private static partial Regex Special();
}
