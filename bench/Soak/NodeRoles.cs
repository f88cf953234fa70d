using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Soak;

/// <summary>Which part a process of a node plays.</summary>
internal static class NodeRoles
{
    /// <summary>The process of the API and of signalling, where <c>serve</c> itself runs.</summary>
    public const string Api = "api";
    public const string Media = "media", Lab = "lab";

    /// <returns>Null for short-lived helpers.</returns>
    public static string? Of(NodeProcess node, int process)
    {
        if (process == node.Tree.Root) return Api;
        try
        {
            string[] words = File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
            return words.Contains("lab-role") ? Lab : words.Contains("media-role") ? Media : null;
        }
        catch (IOException)
        {
            return null;        // it ended meanwhile
        }
    }
}
