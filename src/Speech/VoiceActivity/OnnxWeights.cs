using System.Runtime.InteropServices;
using System.Text;

namespace Ringwright.Speech.VoiceActivity;

/// <summary>
/// The numbers in a file of ONNX by their names: of a model (onnx.proto) the graph, and of that the initializers. It is for files that are
/// part of the program: what is no such file throws.
/// </summary>
internal static class OnnxWeights
{
    private const int Graph = 7, Initializer = 5, Name = 8, RawData = 9;

    public static Dictionary<string, float[]> Read(ReadOnlySpan<byte> model)
    {
        var weights = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var file = new Fields(model);
        while (file.TryRead(out int number, out var content))
            if (number == Graph) ReadGraph(content, weights);
        return weights;
    }

    private static void ReadGraph(ReadOnlySpan<byte> graph, Dictionary<string, float[]> weights)
    {
        var fields = new Fields(graph);
        while (fields.TryRead(out int number, out var content))
            if (number == Initializer) ReadTensor(content, weights);
    }

    private static void ReadTensor(ReadOnlySpan<byte> tensor, Dictionary<string, float[]> weights)
    {
        string name = "";
        float[] numbers = [];
        var fields = new Fields(tensor);
        while (fields.TryRead(out int number, out var content))
        {
            if (number == Name) name = Encoding.UTF8.GetString(content);
            // Little-endian, as each machine that .NET runs on.
            else if (number == RawData) numbers = MemoryMarshal.Cast<byte, float>(content).ToArray();
        }
        weights[name] = numbers;
    }

    /// <summary>A message of Protocol Buffers, field by field.</summary>
    private ref struct Fields(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _rest = message;

        /// <param name="content">Of a field with a length; empty for a number.</param>
        public bool TryRead(out int number, out ReadOnlySpan<byte> content)
        {
            number = 0;
            content = default;
            if (_rest.IsEmpty) return false;
            ulong key = ReadNumber();
            number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    ReadNumber();
                    break;
                case 1:
                    _rest = _rest[8..];
                    break;
                case 2:
                    int length = (int)ReadNumber();
                    content = _rest[..length];
                    _rest = _rest[length..];
                    break;
                case 5:
                    _rest = _rest[4..];
                    break;
                default:
                    throw new InvalidDataException("a model has a field of no known kind");
            }
            return true;
        }

        private ulong ReadNumber()
        {
            ulong number = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte octet = _rest[0];
                _rest = _rest[1..];
                number |= (octet & 0x7FUL) << shift;
                if (octet < 0x80) return number;
            }
        }
    }
}
