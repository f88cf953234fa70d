using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Speech.Recognition.OpenAi;

/// <summary>A body of multipart/form-data (RFC 7578).</summary>
internal sealed class Form
{
    // Nobody who does not know it can write it into a value.
    private readonly string _boundary = "ringwright-" + RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly MemoryStream _body = new();

    public string ContentType => $"multipart/form-data; boundary={_boundary}";

    public void Add(string name, string value) =>
        Part($"Content-Disposition: form-data; name=\"{name}\"\r\n\r\n", Encoding.UTF8.GetBytes(value));

    public void AddFile(string name, string file, string type, byte[] bytes) =>
        Part($"Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {type}\r\n\r\n", bytes);

    public byte[] Finish()
    {
        Write($"--{_boundary}--\r\n");
        return _body.ToArray();
    }

    private void Part(string head, byte[] value)
    {
        Write($"--{_boundary}\r\n{head}");
        _body.Write(value);
        Write("\r\n");
    }

    private void Write(string text) => _body.Write(Encoding.ASCII.GetBytes(text));
}
