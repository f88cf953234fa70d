using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Store.Migrations;

/// <summary>One numbered SQL file, in SQL that both databases understand (ADR 24).</summary>
/// <param name="Version">Its number, within its area.</param>
/// <param name="Name">What it brings: "first-ring".</param>
public sealed record Migration(int Version, string Name, string Text)
{
    private const string Extension = ".sql";
    private const int Digits = 4;

    private static readonly Lazy<IReadOnlyList<Migration>> History = new(() => Embedded(typeof(Migration).Assembly, ""));

    internal string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>
    /// The files of an area, lowest first: resources of the assembly with the names <c>FOLDER/0001-what.sql</c> (in a project:
    /// <c>EmbeddedResource … LogicalName="FOLDER/%(Filename)%(Extension)"</c>).
    /// </summary>
    public static IReadOnlyList<Migration> Embedded(Assembly assembly, string folder)
    {
        var migrations = new List<Migration>();
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => IsIn(folder, name)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8); // listed above
            string file = resource[(resource.LastIndexOf('/') + 1)..];
            int version = int.Parse(file.AsSpan(0, Digits), CultureInfo.InvariantCulture);
            migrations.Add(new(version, file[(Digits + 1)..^Extension.Length], reader.ReadToEnd()));
        }
        return migrations;
    }

    /// <summary>The one chain of before there were areas: the history of every database, frozen with its last file.</summary>
    internal static IReadOnlyList<Migration> Embedded() => History.Value;

    /// <summary>Those of an area of this project: <c>Areas/FOLDER/0001-what.sql</c>.</summary>
    internal static IReadOnlyList<Migration> OfArea(string folder) => Embedded(typeof(Migration).Assembly, folder);

    private static bool IsIn(string folder, string name) => name.EndsWith(Extension, StringComparison.Ordinal)
        && (folder.Length == 0 ? !name.Contains('/') : name.StartsWith(folder + "/", StringComparison.Ordinal));
}
