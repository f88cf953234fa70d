namespace Ringwright.Core;

/// <summary>
/// Who this process is: node number, start-up epoch (rises with each start), and the key that authenticates every token we mint.
/// </summary>
/// <param name="TokenKey">32 bytes from the database.</param>
public sealed record NodeIdentity(int Node, uint Epoch, ReadOnlyMemory<byte> TokenKey);
