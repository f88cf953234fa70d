using System.Text;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>
/// The database of a node that has never run, of all modules (<see cref="DatabaseOptions.Baseline"/>). It is derived from the migrations:
/// <c>./ringwright golden</c> writes it, and a test holds it.
/// </summary>
internal static class NodeBaseline
{
    public static string Read()
    {
        using var text = typeof(NodeBaseline).Assembly.GetManifestResourceStream("baseline.sqlite.sql")!; // the project embeds it
        using var reader = new StreamReader(text, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
