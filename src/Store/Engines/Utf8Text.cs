using System.Text;

namespace Ringwright.Store.Engines;

/// <summary>
/// Text that was written as UTF-8, as a value of a <see cref="Statement"/>. SQLite takes it as it is; as a string it would be made larger
/// to be made smaller again.
/// </summary>
/// <param name="bytes">At least one.</param>
internal sealed class Utf8Text(byte[] bytes)
{
    public ReadOnlySpan<byte> Bytes => bytes;

    public override string ToString() => Encoding.UTF8.GetString(bytes);
}
