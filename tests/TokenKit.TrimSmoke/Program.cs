Console.WriteLine(typeof(TokenKit.ITokenSource).Assembly.GetName().Name + " survived trimming.");
