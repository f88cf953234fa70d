using System.Collections.Frozen;
using System.Reflection;

namespace Ringwright.Http;

/// <summary>A folder of <c>contracts/</c>, as it is built into a program.</summary>
public sealed class ContractFiles(Assembly program, string folder)
{
    /// <exception cref="InvalidOperationException">It is not built in.</exception>
    public Stream Open(string name) => program.GetManifestResourceStream($"{folder}/{name}")
        ?? throw new InvalidOperationException($"The program lacks contracts/{folder}/{name}.");

    public string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    /// <summary>The cells of a table, its heading first; without its remarks.</summary>
    public IEnumerable<string[]> Rows(string name) =>
        Text(name).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));

    /// <summary>The first column of a table → the second.</summary>
    public FrozenDictionary<string, string> Pairs(string name) =>
        Rows(name).Skip(1).ToFrozenDictionary(row => row[0], row => row[1], StringComparer.Ordinal);
}
