using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Where the running node of a data folder is reached by the commands of the program: a Unix socket that only its owner may open.
/// </summary>
internal static class AdminSocket
{
    // sockaddr_un.sun_path holds 108 bytes with the closing zero.
    private const int LongestPath = 107;

    /// <summary>
    /// <c>DATA/admin.sock</c>; for a folder whose path is too long for a socket, one in a private temporary folder named after it.
    /// </summary>
    public static string PathFor(string data) => PathFor(data, "admin.sock");

    /// <summary>Another socket of the node's own, named so, by the same rule.</summary>
    public static string PathFor(string data, string file)
    {
        string path = Path.Combine(data, file);
        if (Encoding.UTF8.GetByteCount(path) <= LongestPath) return path;
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..24];
        return Path.Combine(Path.GetTempPath(), $"ringwright-{Environment.UserName}-{name}", file);
    }

    /// <summary>Makes the path free to bind. Only for who holds the data folder's lock: what lies there is then left over.</summary>
    public static void Prepare(string path)
    {
        // never a root
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(path);
    }
}
