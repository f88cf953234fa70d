using System.Text;

namespace Ringwright.Contract.Reference;

/// <summary>Breaks the prose of a written page where its pages by hand are broken.</summary>
internal static class Prose
{
    private const int Columns = 160;

    /// <summary>Rows of tables stay whole: they are one line in Markdown.</summary>
    public static string Wrap(string page)
    {
        var text = new StringBuilder();
        foreach (string line in page.TrimEnd('\n').Split('\n'))
        {
            string rest = line;
            while (rest.Length > Columns && rest[0] != '|' && rest.LastIndexOf(' ', Columns) is > 0 and int end)
            {
                text.Append(rest.AsSpan(0, end)).Append('\n');
                rest = rest[(end + 1)..];
            }
            text.Append(rest).Append('\n');
        }
        return text.ToString();
    }
}
