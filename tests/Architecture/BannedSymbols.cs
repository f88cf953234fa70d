using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>
/// The lists that the analyzer reads in <c>./ringwright check</c> (<c>src/BannedSymbols*.txt</c>), applied to the compiled assemblies,
/// so that <c>./ringwright test</c> finds the same. A method is banned with all its overloads.
/// </summary>
internal sealed record BannedSymbol(char Kind, string Name, string Replacement)
{
    public static IReadOnlyList<BannedSymbol> Read(string list)
    {
        var symbols = new List<BannedSymbol>();
        foreach (string line in File.ReadAllLines(Repository.PathOf("src", list)))
        {
            string[] parts = line.Split(';', 2);
            symbols.Add(new(parts[0][0], parts[0][2..], parts.Length == 2 ? parts[1].Trim() : ""));
        }
        return symbols;
    }

    /// <summary>Where the project uses it, or null.</summary>
    public string? FindIn(CompiledProject project) => Kind switch
    {
        'N' => project.TypeReferences().Where(t => t.Namespace == Name || t.Namespace.StartsWith(Name + ".", StringComparison.Ordinal))
            .Select(t => $"{t.Namespace}.{t.Name}").FirstOrDefault(),
        'T' => project.TypeReferences().Where(t => $"{t.Namespace}.{t.Name.Split('`')[0]}" == Name).Select(_ => Name).FirstOrDefault(),
        'P' => project.MemberReferences().FirstOrDefault(m => m == Getter),
        _ => project.MemberReferences().FirstOrDefault(m => m == Name),
    };

    private string Getter
    {
        get
        {
            int dot = Name.LastIndexOf('.');
            return $"{Name[..dot]}.get_{Name[(dot + 1)..]}";
        }
    }
}
