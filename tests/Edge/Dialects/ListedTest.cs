using Ringwright.Testing;
using Xunit.v3;

namespace Ringwright.Edge.Dialects;

/// <summary>
/// A test that a table names: a class and a method of this suite, of Interop's cases or of the pure suite, or a file of the
/// foreign clients' and a title.
/// </summary>
internal static class ListedTest
{
    private const string Script = ".test.js ";

    /// <summary>Folders of the pure suite.</summary>
    private static readonly string[] Pure = ["Conversations", "Media", "Switch"];

    public static bool IsThere(string name)
    {
        if (name.Split(Script) is [var file, var title])
            return Says(Repository.PathOf("tests", "Interop", "node", file + Script.TrimEnd()), $"'{title}'");
        return name.Split('.') is [var type, var method]
            && (IsHere(type, method) || Says(Repository.PathOf("tests", "Interop", "Cases", type + ".cs"), $" {method}(")
                || Pure.Any(folder => Says(Repository.PathOf("tests", "Pure", folder, type + ".cs"), $" {method}(")));
    }

    private static bool IsHere(string type, string method) => typeof(ListedTest).Assembly.GetTypes().Where(one => one.Name == type)
        .Select(one => one.GetMethod(method))
        .Any(one => one?.GetCustomAttributes(inherit: true).Any(attribute => attribute is IFactAttribute { Skip: null }) is true);

    private static bool Says(string file, string what) =>
        File.Exists(file) && File.ReadAllText(file).Contains(what, StringComparison.Ordinal);
}
